/** Words of a request, the same at the station and at the town office. */

import type { Text } from '$lib/i18n/words';

const text = (ja: string, en: string): Text => ({ ja, en });

export const requestWords = {
  item: text('運ぶ物', 'What'),
  itemHint: text('例: インスリン 12 人分', 'e.g. insulin for 12'),
  mass: text('質量 kg', 'Mass, kg'),
  massLimit: (limit: string) => text(`運べるのは ${limit} まで`, `Up to ${limit} can be carried`),
  massOver: (limit: string) =>
    text(`${limit} を超えています。分けて頼んでください。`, `Over ${limit}: ask for two loads.`),
  site: text('届け先（着陸場）', 'Landing site'),
  siteHint: text('地図の H を押しても選べます', 'You may also press an H on the map'),
  siteChoose: text('選んでください', 'Choose'),
  urgency: text('急ぎの度合い', 'Urgency'),
  note: text('連絡', 'Note'),
  noteHint: text('受け取る人、置き方、時刻など', 'Receiver, handling, time'),
  missing: (what: Text) => text(`${what.ja}を入れてください`, `Fill in: ${what.en}`),
} as const;
