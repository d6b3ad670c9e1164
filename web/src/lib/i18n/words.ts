/** Words every page shares. A word with parts is a function. Japanese is plain and short; English stands beside it. */

export interface Text {
  readonly ja: string;
  readonly en: string;
}

const text = (ja: string, en: string): Text => ({ ja, en });

export const words = {
  product: text('架け橋', 'Kakehashi'),
  operatorPage: text('運航', 'Flights'),
  townOffice: text('役場', 'Town office'),
  request: text('依頼', 'Request'),
  delivery: text('配送', 'Delivery'),
  plan: text('飛行計画', 'Plan'),
  check: text('点検', 'Pre-flight check'),
  depot: text('拠点', 'Depot'),
  landingSite: text('着陸場', 'Landing site'),
  padKeeper: text('管理者（着陸場）', 'Pad keeper'),
  receipt: text('受領確認', 'Confirmation of receipt'),
  operator: text('操縦者', 'Operator'),
  dispatcher: text('運航管理者', 'Dispatcher'),
  reporter: text('報告者', 'Reporter'),
  viewer: text('閲覧者', 'Viewer'),
  trainer: text('訓練担当', 'Trainer'),
  administrator: text('管理者', 'Administrator'),
  incident: text('災害事案', 'Incident'),
  open: text('未対応', 'Open'),
  inHand: text('対応中', 'In hand'),
  done: text('完了', 'Done'),
  public: text('公開', 'Public'),
  agencies: text('関係機関のみ', 'Agencies only'),
  withheld: text('非公開', 'Withheld'),
  hold: text('待機', 'Hold'),
  recall: text('帰還', 'Recall'),
  recallLong: text('帰還（拠点へ戻る）', 'Recall (return home)'),
  land: text('その場に着陸', 'Land here'),
  resume: text('飛行を再開', 'Resume'),
  terminate: text('飛行停止', 'Terminate'),
  skyClear: text('上空退避', 'Sky clear'),
  silenceExpected: text('通信途絶（想定内）', 'Silence (expected)'),
  silenceUnexpected: text('通信途絶（想定外）', 'Silence (unexpected)'),
  reContact: text('再接続の見込み', 'Expected re-contact'),
  turnBack: text('引き返し限界', 'Last turn-back point'),
  reserve: text('予備', 'Reserve'),
  aboveGround: text('地表から', 'Above ground'),
  relayAircraft: text('中継機', 'Relay aircraft'),
  handover: text('操縦の引き継ぎ', 'Handover of control'),
  drill: text('訓練', 'Drill'),
  live: text('本番', 'LIVE'),
  flightLog: text('飛行日誌', 'Flight log'),
  shelter: text('避難所', 'Shelter'),
  station: text('地上局', 'Station'),
  settlement: text('集落', 'Settlement'),
  noFly: text('飛行禁止', 'No-fly'),

  urgency: {
    1: text('通常', 'Routine'),
    2: text('急ぎ', 'Urgent'),
    3: text('命に関わる', 'Life at stake'),
  },
  theme: {
    day: text('昼', 'Day'),
    sunlight: text('直射日光', 'Sunlight'),
    night: text('夜', 'Night'),
  },
  themeLabel: text('画面の明るさ', 'Screen'),
  languageSwitch: text('English', '日本語'),
  signedInAs: (name: string) => text(`${name} さん`, name),
  signOut: text('サインアウト', 'Sign out'),
  close: text('閉じる', 'Close'),
  cancel: text('やめる', 'Cancel'),
  retry: text('もう一度', 'Try again'),
  keys: text('キー操作', 'Keyboard'),
  keysMove: text('ボタンの間を移動', 'Move between buttons'),
  keysHelp: text('この一覧', 'This list'),
  cure: text('対処', 'What to do'),
  since: (time: string) => text(`${time} から`, `since ${time}`),
  moreNotKept: (count: number) => text(`ほか ${count} か所も（お知らせに一覧）`, `${count} more (listed under alerts)`),
  noAlerts: text('お知らせはありません', 'No alerts'),

  ago: (duration: Text) => text(`${duration.ja}前`, `${duration.en} ago`),
  unknown: text('不明', 'Unknown'),
  noValue: text('—', '—'),

  loading: text('読み込み中', 'Loading'),
  loadingFor: (seconds: number) => text(`読み込み中 ${seconds} 秒`, `Loading, ${seconds} s`),
  frozen: (duration: Text) =>
    text(`この画面は更新が止まっています（${duration.ja}）`, `This page has stopped updating (${duration.en})`),
  frozenCure: (server: Text) =>
    text(
      `${server.ja}とのつながりを確かめています。数字と地図は古いままです。`,
      'Reconnecting. The numbers and the map are old.',
    ),
  connecting: text('つないでいます', 'Connecting'),

  pressAndHold: text('押し続ける', 'press and hold'),
  keepPressing: text('そのまま押し続けてください', 'Keep pressing'),
  releaseToCancel: text('はなすと取り消し', 'release to cancel'),

  commandState: {
    sending: text('送信中', 'Sending'),
    sent: text('送信中', 'Sending'),
    accepted: text('機体が受領', 'Received by the aircraft'),
    running: text('実行中', 'Under way'),
    done: text('完了', 'Done'),
    refused: text('拒否', 'Refused'),
    expired: text('期限切れ', 'Expired'),
    not_confirmed: text('未確認', 'Not confirmed'),
  },
  commandAction: {
    fly: text('飛行開始', 'Fly'),
    hold: text('待機', 'Hold'),
    recall: text('帰還', 'Recall'),
    land: text('その場に着陸', 'Land here'),
    resume: text('飛行を再開', 'Resume'),
  },

  link: {
    none: text('まだ通信なし', 'Not heard yet'),
    fresh: text('通信良好', 'Link good'),
    stale: text('通信が遅れています', 'Link slow'),
    lost: text('通信途絶', 'Silent'),
  },

  level: {
    ok: text('よし', 'OK'),
    warn: text('注意', 'Attention'),
    refuse: text('不可', 'Refused'),
  },
  showPlace: text('場所を見る', 'Show place'),
  source: (name: string) => text(`根拠: ${name}`, `Source: ${name}`),

  map: text('地図', 'Map'),
  mapHelp: text('矢印キーで移動、+ と − で拡大と縮小', 'Arrow keys move, + and − zoom'),
  zoomIn: text('拡大', 'Zoom in'),
  zoomOut: text('縮小', 'Zoom out'),
  wholeTown: text('町全体', 'Whole town'),
  north: text('北', 'N'),
  mapFailed: text('地図を描けません', 'The map cannot be drawn'),
  mapFailedCure: text(
    'この画面の他の部分は使えます。ブラウザーの設定で WebGL を有効にしてください。',
    'The rest of this page works. Turn on WebGL in the browser.',
  ),
  drillWatermark: text('訓練', 'DRILL'),

  profile: text('高さと電力の断面', 'Heights and energy along the route'),
  ground: text('地面', 'Ground'),
  route: text('経路', 'Route'),
  ceiling: text('上限', 'Ceiling'),
  clearance: text('間隔', 'Clearance'),
  energyLeft: text('電力の残り', 'Energy left'),
  aircraft: text('機体', 'Aircraft'),
  battery: text('電池', 'Battery'),

  failed: text('できませんでした', 'It did not work'),
  stationServer: text('地上局', 'The server'),
  offline: (server: Text) => text(`${server.ja}に届きません`, `${server.en} does not answer`),
  offlineCure: text(
    '電源とネットワークを確かめて、もう一度押してください。',
    'Check power and network, then try again.',
  ),
} as const;
