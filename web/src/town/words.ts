/** Words of the town office's page. */

import { words, type Text } from '$lib/i18n/words';
import type { Group, Stage } from './work';

const text = (ja: string, en: string): Text => ({ ja, en });

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const stage: Readonly<Record<Stage, Text>> = {
  sending: text('送信中', 'Sending'),
  received: text('地上局が受領', 'Station has it'),
  preparing: text('準備中', 'Preparing'),
  flying: text('向かっています', 'On the way'),
  placing: text('荷物を下ろしています', 'Setting the load down'),
  delivered: text('届きました', 'Delivered'),
  returning: text('届きました・帰還中', 'Delivered, flying home'),
  turned: text('届けずに帰還中', 'Flying home without delivering'),
  done: text('届きました', 'Delivered'),
  recalled: text('届けずに戻りました', 'Came back without delivering'),
  failed: text('届けられませんでした', 'Not delivered'),
  unconfirmed: text('届いたか確認中', 'Not yet known whether delivered'),
  withdrawn: text('取り下げ', 'Withdrawn'),
};

const group: Readonly<Record<Group, Text>> = {
  open: text('未対応', 'Open'),
  inHand: text('対応中', 'In hand'),
  done: text('完了', 'Done'),
};

export const townWords = {
  stage,
  group,
  steps: [
    text('送信', 'Sent'),
    text('地上局が受領', 'Station has it'),
    text('準備', 'Prepared'),
    text('飛行', 'In the air'),
    text('届いた', 'Delivered'),
  ],

  server: text('役場のサーバー', 'The town office’s server'),

  summary: text('いまのようす', 'Now'),
  inAir: text('飛行中', 'In the air'),
  aircraftCount: (count: number) => text(`${count} 機`, `${count} aircraft`),
  noneInAir: text('すべて地上にいます', 'All on the ground'),
  noAircraft: text('機体の知らせはまだありません', 'No aircraft heard yet'),
  onTheWay: text('向かっている荷物', 'On the way'),
  loads: (count: number) => text(`${count} 件`, counted(count, 'load')),
  nothingOnTheWay: text('いまはありません', 'Nothing now'),
  arrived: text('届いたもの', 'Arrived'),
  picturesCount: (count: number) => text(`画像 ${count} 枚`, counted(count, 'picture')),
  loadsDelivered: (count: number) => text(`荷物 ${count} 件`, counted(count, 'load')),
  lastArrived: (duration: Text) => text(`最後の画像は ${duration.ja}前`, `last picture ${duration.en} ago`),
  nothingArrived: text('画像はまだ届いていません', 'No pictures yet'),
  notReceived: text('未受信', 'Not yet here'),
  pendingPictures: (count: number) => text(`画像 ${count} 枚`, counted(count, 'picture')),
  pendingRecords: (count: number) => text(`記録 ${count} 件`, counted(count, 'record')),
  pendingTime: (duration: Text) => text(`約 ${duration.ja}`, `about ${duration.en}`),
  pendingMoving: text('受信中', 'being received'),
  pendingWaits: text('届くのを待っています', 'waiting for it to come'),
  allHere: text('なし', 'None'),
  allHereNote: text('すべて受け取りました', 'Everything is here'),
  pendingUnknown: text('わかりません', 'Unknown'),
  pendingUnknownNote: text('地上局からまだ知らせがありません', 'No station has been heard yet'),
  pendingSilent: (duration: Text) => text(`地上局と ${duration.ja}つながっていません`, `station silent for ${duration.en}`),
  pendingFrozen: text('この画面の更新が止まっています', 'this page has stopped updating'),
  atLeast: (what: Text) => text(`${what.ja}以上`, `${what.en} or more`),

  stationConnected: text('地上局と接続中', 'Station connected'),
  stationConnectedNotKept: text('地上局と接続中。記録できていないものがあります', 'Station connected; something is not being kept'),
  stationSilent: (name: Text, duration: Text) =>
    text(`${name.ja}と ${duration.ja}つながっていません。最後の知らせを表示`, `${name.en} silent for ${duration.en}; showing its last word`),
  stationNever: (name: Text) => text(`${name.ja}からまだ知らせがありません`, `${name.en} has not been heard yet`),
  brokerDown: text('通信の中継が止まっています。届いた分は見られます', 'The message broker is down; what is here can be seen'),

  newPictures: text('新着', 'New'),
  allPictures: (count: number) => text(`すべて（${count} 枚）`, `All (${count})`),
  noPictures: text('ここに、届いた写真が並びます', 'Pictures that arrive stand here'),
  noPicturesTodo: text('機体が写真を撮ると、小さい画像から順に届きます。', 'They come by themselves, small ones first.'),
  noPicturesInRange: text('この時間の写真はありません', 'No pictures in this time'),
  noPicturesInRangeTodo: text('下の時間の帯を広げてください。', 'Widen the time below the map.'),
  backToList: text('もどる', 'Back'),

  work: text('依頼と配送', 'Requests and deliveries'),
  noWork: text('ここに、依頼と配送のようすが並びます', 'Requests and deliveries stand here'),
  noWorkTodo: text('「依頼を出す」を押すと、地上局に届きます。', 'Press “Ask for a delivery”; the station receives it.'),
  noneInGroup: text('ありません', 'None'),
  to: text('届け先', 'To'),
  askedBy: (name: string, time: string) => text(`${name} ${time}`, `${name}, ${time}`),
  eta: (time: string, left: Text) => text(`${time} ごろ着く（あと ${left.ja}）`, `arrives about ${time} (in ${left.en})`),
  inTime: (left: Text) => text(`あと ${left.ja}`, `in ${left.en}`),
  etaNow: text('まもなく着く', 'arriving now'),
  etaUnknown: text('着く時刻は計算中', 'arrival being worked out'),
  deliveredAt: (time: string) => text(`${time} に届きました`, `delivered at ${time}`),
  sendingFor: (duration: Text) => text(`地上局へ送信中 ${duration.ja}`, `sending to the station, ${duration.en}`),
  sendingNote: text(
    'つながると自動で届きます。この画面を閉じてもかまいません。',
    'It arrives by itself once connected. You may close this page.',
  ),
  receivedNote: text('地上局が受け取りました。飛行の準備を待っています。', 'The station has it. It waits to be prepared.'),
  recalledNote: text('地上局に連絡して、もう一度の飛行を相談してください。', 'Call the station about another flight.'),
  unconfirmedNote: text(
    '荷物を放したという知らせが機体から来ていません。地上局が機体を見て確かめます。',
    'The aircraft sent no word that it let the load go. The station looks at the aircraft.',
  ),
  showOnMap: text('地図で見る', 'Show on map'),

  ask: text('依頼を出す', 'Ask for a delivery'),
  askTitle: text('配送の依頼', 'Ask for a delivery'),
  askWhat: text(
    '地上局に「運んでほしい」と伝えます。飛ぶかどうかは地上局が決めます。',
    'This asks the station. The station decides whether to fly.',
  ),
  sendRequest: text('依頼を送る', 'Send the request'),
  sendingRequest: text('送っています', 'Sending'),
  mayNotAsk: text('依頼は、運航管理者だけが出せます', 'Only dispatchers may ask for deliveries'),

  alerts: text('お知らせ', 'Alerts'),
  menu: text('メニュー', 'Menu'),
  wall: text('壁面表示', 'Wall screen'),
  wallLeave: text('壁面表示を終える', 'Leave the wall screen'),
  print: text('報告書を印刷', 'Print the report'),

  picture: text('写真', 'Picture'),
  pictureOf: (number: number, total: number) => text(`${number} / ${total} 枚`, `${number} of ${total}`),
  newer: text('新しい写真', 'Newer'),
  older: text('古い写真', 'Older'),
  previewWaits: (have: number, total: number, share: string) =>
    text(`小さい画像を表示中。本画像を受信中 ${have}/${total}（${share}）`, `Small picture shown. Receiving ${have}/${total} (${share})`),
  thumbnailOnly: text('小さい画像だけ届いています。本画像はこれから届きます。', 'Only the small picture is here. The full one follows.'),
  whole: text('本画像まで届いています', 'The whole picture is here'),
  pictureFailed: text('画像を表示できません', 'The picture cannot be shown'),
  pictureFailedCure: text('つながりを確かめて、もう一度開いてください。', 'Check the connection and open it again.'),
  takenAt: text('撮影', 'Taken'),
  receivedAt: text('受信', 'Received'),
  where: text('場所', 'Place'),
  noPlace: text('場所の記録がありません', 'No place recorded'),
  heading: text('向き', 'Looking'),
  altitudeValue: (metres: string) => text(`標高 ${metres}`, `${metres} above sea level`),
  who: text('撮影者', 'By'),
  companion: (aircraft: string) => text(`${aircraft}のカメラ`, `camera of ${aircraft}`),
  companionUnknown: text('機体のカメラ', 'an aircraft’s camera'),
  hash: text('照合番号', 'Check number'),
  size: text('大きさ', 'Size'),
  releaseLabel: text('公開の状態', 'Release'),
  release: {
    unreviewed: text('確認前', 'Not reviewed'),
    agencies: text('関係機関のみ', 'Agencies only'),
    public: text('公開', 'Public'),
    withheld: text('非公開', 'Withheld'),
  },
  simulated: text('模擬の画像', 'Simulated'),
  download: text('元の画像を保存', 'Save the original'),
  downloadWaits: text('元の画像は、全部届くと保存できます', 'The original can be saved once it is all here'),
  before: text('災害前', 'Before'),
  now: text('今', 'Now'),
  compare: text('前後を比べる', 'Compare before and now'),
  compareStop: text('比べるのをやめる', 'Stop comparing'),
  swipe: text('境目を動かす', 'Move the edge'),

  time: text('撮影した時間', 'Time taken'),
  timeFrom: text('はじめ', 'From'),
  timeTo: text('おわり', 'To'),
  timeAll: text('すべて', 'All'),
  timeShown: (count: number, total: number) => text(`${count} / ${total} 枚`, `${count} of ${total}`),
  sideAll: text('前後とも', 'Both'),

  aircraft: text('機体', 'Aircraft'),
  battery: text('電池', 'Battery'),
  speed: text('速さ', 'Speed'),
  onGround: text('地上', 'On the ground'),
  carrying: text('荷物', 'Load'),

  reportTitle: text('災害時ドローン配送 状況報告', 'Disaster deliveries: situation report'),
  reportMade: (time: string, name: string) => text(`${time} 作成 ${name}`, `made ${time} by ${name}`),
  reportFrozen: (duration: Text) =>
    text(
      `更新が止まった画面から作りました。内容は ${duration.ja}前のものです`,
      `Made from a page that had stopped updating: what it says is ${duration.en} old`,
    ),
  reportMap: text('地図', 'Map'),
  reportPictures: text('画像', 'Pictures'),
  reportMore: (count: number) => text(`ほか ${count} 枚`, `and ${count} more`),
  reportNoMap: text('地図は画面で見てください', 'See the map on the screen'),
  reportState: text('状態', 'State'),
  reportTime: text('時刻', 'Time'),


  tabs: { map: text('地図', 'Map'), pictures: text('新着', 'New'), work: text('依頼', 'Requests') },
  loadingPictures: (count: number) => text(`写真の一覧を読み込み中 ${count} 枚`, `Loading pictures: ${count}`),
} as const;

/** Keys of the page, in the order in which they are listed. */
export const townKeys: readonly (readonly [string, Text])[] = [
  ['N', text('依頼を出す', 'Ask for a delivery')],
  ['I', text('いちばん新しい写真を開く', 'Open the newest picture')],
  ['← →', text('新しい写真・古い写真', 'Newer, older picture')],
  ['W', text('壁面表示', 'Wall screen')],
  ['P', text('報告書を印刷', 'Print the report')],
  ['Tab', words.keysMove],
  ['Esc', text('閉じる', 'Close')],
  ['?', words.keysHelp],
];
