/** How the states of a command look, and which of them are ends. */

import type { Station } from '../api/types';
import type { IconName } from './Icon.svelte';
import type { Tone } from './tone';

export type CommandState = Station['CommandOut']['state'];

interface Look {
  readonly tone: Tone;
  readonly icon: IconName;
  readonly ended: boolean;
}

const looks: Record<CommandState, Look> = {
  sent: { tone: 'normal', icon: 'wait', ended: false },
  accepted: { tone: 'normal', icon: 'wait', ended: false },
  running: { tone: 'normal', icon: 'resume', ended: false },
  done: { tone: 'done', icon: 'check', ended: true },
  refused: { tone: 'act', icon: 'cross', ended: true },
  expired: { tone: 'attention', icon: 'wait', ended: true },
  not_confirmed: { tone: 'act', icon: 'attention', ended: true },
};

export function commandLook(state: CommandState): Look {
  return looks[state];
}
