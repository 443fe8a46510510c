import type { CommandServices } from './registerCommands.ts';

export const openOverview = ({ overview }: CommandServices): Promise<void> => overview.open();
