/** Where the flight core's own page 緊急操作 is, seen from this page. Pure. */

/** Its address under the name by which this page was reached, since the core may have named a host that only it knows
 * (`0.0.0.0`, `127.0.0.1`), and a browser gives the sign-in's cookie to the same name alone. Null where it has none. */
export function corePage(page: string | null | undefined, hostname: string): URL | null {
  if (page == null || !URL.canParse(page)) return null;
  const address = new URL(page);
  if (hostname !== '') address.hostname = hostname;
  return address;
}
