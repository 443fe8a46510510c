import * as vscode from 'vscode';

export const count = (value: number): string => value.toLocaleString(vscode.env.language);
