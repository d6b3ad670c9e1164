/** How a person comes in: with a password, by the one-time set-up link, or by an invitation. */

export type Way =
  | { readonly kind: 'sign-in' }
  | { readonly kind: 'set-up'; readonly token: string }
  | { readonly kind: 'invitation'; readonly token: string };

/** The way that a page's query string asks for. */
export function wayOf(query: string): Way {
  const parameters = new URLSearchParams(query);
  const setUp = parameters.get('setup');
  const invitation = parameters.get('invitation');
  if (setUp) return { kind: 'set-up', token: setUp };
  if (invitation) return { kind: 'invitation', token: invitation };
  return { kind: 'sign-in' };
}
