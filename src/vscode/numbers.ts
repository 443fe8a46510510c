import * as vscode from 'vscode';

/** As the person's language writes it. */
export const number = (value: number): string => value.toLocaleString(vscode.env.language);
