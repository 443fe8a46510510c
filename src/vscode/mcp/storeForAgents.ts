import { MemoryError } from '../../memory/errors.ts';
import { isTurnedOff } from '../firstMinutes/turnedOff.ts';
import type { Services } from '../services.ts';

/** The memory, unless it was turned off: also in another window, which this one notices only later. */
export const storeForAgents = ({ context, store }: Services): Promise<Services['store']> =>
  isTurnedOff(context)
    ? Promise.reject(
        new MemoryError(
          'forbidden',
          'Edge Memory is turned off in this editor.',
          'Go on without it. The person can bring it back with the command “Edge Memory: Turn On”.',
        ),
      )
    : Promise.resolve(store);
