import * as vscode from 'vscode';
import { type Account, verifyToken } from '../../cloudflare/account.ts';
import { oneLine } from '../plainText.ts';
import type { CheckedToken } from './checkToken.ts';

/** The account to use: the only one, the one chosen, or the one named where the token lists none. */
export async function chooseAccount(
  { accounts, client, isVerified }: CheckedToken,
  given: string | undefined,
): Promise<Account | undefined> {
  const id = given?.trim().toLowerCase();
  const known = accounts.find((account) => account.id === id);
  if (known !== undefined) return known;
  if (id === undefined && accounts.length === 1) return accounts[0];
  const account =
    id === undefined ? await (accounts.length > 1 ? pickAccount(accounts) : typeAccount()) : { id, name: id };
  if (account !== undefined && !isVerified) await verifyToken(client, { account: account.id });
  return account;
}

async function pickAccount(accounts: readonly Account[]): Promise<Account | undefined> {
  const picked = await vscode.window.showQuickPick(
    accounts.map((account) => ({ account, label: oneLine(account.name, 80), description: account.id })),
    {
      title: vscode.l10n.t('Connect to Cloudflare: Account'),
      placeHolder: vscode.l10n.t('Which account should hold the memories?'),
      ignoreFocusOut: true,
    },
  );
  return picked?.account;
}

async function typeAccount(): Promise<Account | undefined> {
  const id = await vscode.window.showInputBox({
    title: vscode.l10n.t('Connect to Cloudflare: Account'),
    prompt: vscode.l10n.t(
      'The token lists no account. Enter the account’s ID: 32 characters, in the address of Cloudflare’s dashboard after dash.cloudflare.com/.',
    ),
    ignoreFocusOut: true,
    validateInput: (text) =>
      /^[0-9a-f]{32}$/i.test(text.trim())
        ? undefined
        : vscode.l10n.t('An account’s ID has 32 digits and letters from a to f.'),
  });
  return id === undefined ? undefined : { id: id.trim().toLowerCase(), name: id.trim().toLowerCase() };
}
