/** What a colour says: normal blue, done green, attention amber, act vermilion, drill purple, unknown grey. */
export type Tone = 'normal' | 'done' | 'attention' | 'act' | 'drill' | 'unknown';
