/** Words of signing in, setting up and inviting. */

const text = (ja: string, en: string) => ({ ja, en });

export const signinWords = {
  signIn: text('サインイン', 'Sign in'),
  signInTo: (town: string, service: 'station' | 'office') =>
    service === 'station' ? text(`${town} 地上局`, `${town} ground station`) : text(`${town} 役場`, `${town} town office`),
  name: text('名前', 'Name'),
  nameHelp: text('操縦の記録に残る名前です', 'The name that goes into the records'),
  password: text('パスワード', 'Password'),
  passwordHelp: text('10 文字以上', 'At least 10 characters'),
  again: text('パスワード（もう一度）', 'Password, once more'),
  different: text('2 つのパスワードが違います', 'The two passwords differ'),
  setUp: text('はじめの設定', 'First set-up'),
  setUpWhat: text(
    '最初の管理者を決めます。この案内は一度だけ使えます。',
    'Choose the first administrator. This link works once.',
  ),
  setUpDo: text('管理者になって始める', 'Become administrator and start'),
  setUpFirst: text('まだ設定されていません', 'Not set up yet'),
  setUpHow: text(
    '起動した端末に表示された「はじめの設定」の案内（リンク）を開いてください。',
    'Open the one-time set-up link that the terminal printed at start.',
  ),
  invited: text('パスワードを決める', 'Choose your password'),
  invitedWhat: text('招かれた人のための画面です。', 'You were invited to this service.'),
  begin: text('始める', 'Start'),
  working: text('確かめています', 'Checking'),
  noRight: text('この画面を見る役割がありません', 'Your role does not include this page'),
  noRightCure: text('管理者に役割を確かめてください', 'Ask the administrator about your role'),
} as const;
