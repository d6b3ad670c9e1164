import { expect, test } from 'vitest';
import { corePage } from '$lib/flight/core-page';

test.each([
  ['http://0.0.0.0:8711/flight', '192.168.3.7', 'http://192.168.3.7:8711/flight'],
  ['http://127.0.0.1:8711/flight', 'localhost', 'http://localhost:8711/flight'],
  ['http://127.0.0.1:8711/flight', '127.0.0.1', 'http://127.0.0.1:8711/flight'],
  ['http://kyoku.lan:9000/flight', 'kyoku.lan', 'http://kyoku.lan:9000/flight'],
  ['http://127.0.0.1:8711/flight', '[::1]', 'http://[::1]:8711/flight'],
])('%s is asked by the name of this page, %s', (page, hostname, address) => {
  expect(corePage(page, hostname)?.href).toBe(address);
});

test.each([undefined, null, '', 'no address'])('where the core names no page (%o) there is none', (page) => {
  expect(corePage(page, 'localhost')).toBeNull();
});
