/*
 * Madoguchi web chat: one classic script, no dependencies, no build step.
 *
 *   <script src="https://counter.example/widget.js" data-city="aoba" async></script>
 *
 * puts a launcher at the bottom right of any page. Optional attributes of the script tag:
 * data-city-name, data-city-name-en, data-lang (language of the embedding page), data-map (see MAP_URL).
 * A page of its own uses the element directly: <madoguchi-chat city="aoba" name="…" open full>.
 *
 * Everything that comes from the server reaches the page as text nodes or checked URLs, never as
 * markup, so a wrong or hostile reply cannot run anything in the city's page.
 */
(function () {
  'use strict';

  // A page that carries the tag twice (template plus article, say) still gets one widget.
  if (!window.customElements || customElements.get('madoguchi-chat')) return;

  const script = document.currentScript || document.querySelector('script[src*="widget.js"]');
  // The API lives beside the script; cutting the file name keeps a path prefix of a reverse proxy.
  const BASE = new URL('.', (script && script.src) || location.href).href.replace(/\/$/, '');
  const NONCE = (script && (script.nonce || script.getAttribute('nonce'))) || '';
  const MAP_URL = 'https://www.google.com/maps/search/?api=1&query={lat},{lng}';

  const RETRY_S = [1, 2, 4, 8, 16, 30];
  const SILENCE_MS = 40000; // the server pings every 15 s, so this is two pings missed and a margin
  const POST_TIMEOUT_MS = 20000;
  // A photo's longer side, in pixels.
  const PHOTO_EDGE = 1600;
  const PHOTO_TIMEOUT_MS = 60000;
  // How long a tab that waited for another looks for what it wrote, and how often.
  const HANDED_ON_MS = 1000;
  const HANDED_ON_STEP_MS = 20;
  const HISTORY_GAP_MS = 800; // this long without an event after connecting = the replay is over
  const HIDDEN_CLOSE_MS = 5 * 60000;
  const HELD_AFTER_MS = 60 * 60000; // an older unsent message is not sent behind the resident's back
  const ACTIVE_MS = 30 * 60000;
  const PART_GAP_MS = 260;

  // ---------------------------------------------------------------- words

  const LANGS = [
    ['ja', '日本語', 'ja'],
    ['ja-easy', 'やさしい日本語', 'ja'],
    ['en', 'English', 'en'],
    ['zh', '中文', 'zh-CN'],
    ['ko', '한국어', 'ko'],
    ['vi', 'Tiếng Việt', 'vi'],
  ];
  const htmlLang = (code) => (LANGS.find((l) => l[0] === code) || LANGS[0])[2];

  const WORDS = {
    ja: {
      title: '市役所 問い合わせ窓口', titleOf: '{city} 問い合わせ窓口', launcher: '市役所に聞く', unread: '新着{n}件',
      close: '閉じる', language: '言語を選ぶ', log: '会話', input: '質問を入力', placeholder: '質問を入力',
      hint: '自動応答がお答えします。マイナンバー、口座番号、暗証番号は書かないでください。火事・救急は119、事件・事故は110へお電話ください。',
      photo: '写真を送る', photoSending: '写真を送っています…', photoLabel: '写真を送りました', photoFailed: '写真を送れませんでした。もう一度選ぶか、言葉で教えてください。', photoBad: 'この写真は使えません。JPEGかPNGの写真を選んでください。',
      send: '送信', location: '現在地を送る', locating: '現在地を調べています…', locLabel: '現在地を送りました',
      locDenied: '現在地を使うことが許可されませんでした。ブラウザの設定で許可するか、町名や近くの建物の名前を入力してください。',
      locFailed: '現在地が分かりませんでした。町名や近くの建物の名前を入力してください。',
      locNone: 'このブラウザまたはページでは現在地を使えません。町名や近くの建物の名前を入力してください。',
      sending: '送信中', sent: '送信済み', failed: '送れませんでした。自動で送り直します。', held: '送れていません。', busy: '混み合っています。少し待って送り直します。',
      rejected: '送れませんでした。', retry: '再送', rewrite: '書き直す', discard: '取り消す', you: 'あなた', bot: '自動応答', staff: '職員',
      typing: '返事を用意しています', fresh: '前の会話を続けられないため、新しい会話を始めました。',
      lost: '接続が切れました。つなぎ直しています…', jump: '最後のメッセージへ', date: '日付', time: '時刻', datetime: '日付と時刻',
      dateBad: '選べる範囲の日時を入れてください。', map: '地図を見る', newTab: '新しいタブで開きます', phone: '電話', hours: '受付時間',
      desk: '担当', chosen: '選択済み', image: '画像を開く', unknown: 'この内容は表示できません。',
    },
    'ja-easy': {
      title: '市役所(しやくしょ)の そうだん', titleOf: '{city}の そうだん', launcher: '市役所(しやくしょ)に きく', unread: 'あたらしい メッセージ {n}こ',
      close: 'とじる', language: 'ことばを えらぶ', log: 'はなし', input: 'ききたいことを 書(か)く', placeholder: 'ここに 書(か)く',
      hint: 'コンピューターが こたえます。マイナンバー、銀行(ぎんこう)の番号(ばんごう)は 書(か)かないでください。火事(かじ)・救急車(きゅうきゅうしゃ)は119、警察(けいさつ)は110に 電話(でんわ)してください。',
      photo: 'しゃしんを おくる', photoSending: 'しゃしんを おくっています…', photoLabel: 'しゃしんを おくりました', photoFailed: 'しゃしんを おくれませんでした。もういちど えらんでください。', photoBad: 'この しゃしんは つかえません。ほかの しゃしんを えらんでください。',
      send: 'おくる', location: 'いまいる ところを おくる', locating: 'いまいる ところを しらべています…', locLabel: 'いまいる ところを おくりました',
      locDenied: 'いまいる ところが わかりません（使(つか)うことを ゆるしていません）。町(まち)の 名前(なまえ)を 書(か)いてください。',
      locFailed: 'いまいる ところが わかりませんでした。町(まち)の 名前(なまえ)を 書(か)いてください。',
      locNone: 'ここでは いまいる ところを 使(つか)えません。町(まち)の 名前(なまえ)を 書(か)いてください。',
      sending: 'おくっています', sent: 'おくりました', failed: 'おくれませんでした。また おくります。', held: 'まだ おくっていません。', busy: 'いま こんでいます。すこし まって、また おくります。',
      rejected: 'おくれませんでした。', retry: 'もういちど おくる', rewrite: '書(か)きなおす', discard: 'やめる', you: 'あなた', bot: 'コンピューター', staff: '市役所(しやくしょ)の人(ひと)',
      typing: 'こたえを かんがえています', fresh: '前(まえ)の はなしは つづけることが できません。あたらしく はじめました。',
      lost: 'インターネットが きれました。もういちど つないでいます…', jump: 'いちばん 下(した)へ', date: '日(ひ)', time: '時間(じかん)', datetime: '日(ひ)と 時間(じかん)',
      dateBad: 'えらぶことが できる 日(ひ)や 時間(じかん)を 入(い)れてください。', map: '地図(ちず)を 見(み)る', newTab: 'あたらしい タブで ひらきます', phone: '電話(でんわ)', hours: 'あいている 時間(じかん)',
      desk: 'まどぐち', chosen: 'えらびました', image: '画像(がぞう)を ひらく', unknown: 'これは 見(み)ることが できません。',
    },
    en: {
      title: 'City Hall Help Desk', titleOf: '{city} Help Desk', launcher: 'Ask city hall', unread: '{n} new',
      close: 'Close', language: 'Choose language', log: 'Conversation', input: 'Your question', placeholder: 'Your question',
      hint: 'Replies are automatic. Please do not write My Number, bank account or PIN numbers. Fire or ambulance: call 119. Police: call 110.',
      photo: 'Send a photo', photoSending: 'Sending the photo…', photoLabel: 'Photo sent', photoFailed: 'The photo could not be sent. Choose it again, or describe it in words.', photoBad: 'This photo cannot be used. Please choose a JPEG or PNG photo.',
      send: 'Send', location: 'Send my location', locating: 'Finding your location…', locLabel: 'Location sent',
      locDenied: 'The use of your location was not allowed. Allow it in the browser settings, or type your town or a building nearby.',
      locFailed: 'Your location could not be found. Please type your town or a building nearby.',
      locNone: 'Location is not available in this browser or on this page. Please type your town or a building nearby.',
      sending: 'Sending', sent: 'Sent', failed: 'Not sent. It will be sent again automatically.', held: 'Not sent yet.', busy: 'Busy at the moment. It will be sent again shortly.',
      rejected: 'Could not be sent.', retry: 'Send again', rewrite: 'Edit', discard: 'Discard', you: 'You', bot: 'Automatic reply', staff: 'City staff',
      typing: 'Preparing a reply', fresh: 'The earlier conversation could not be continued, so a new one was started.',
      lost: 'Connection lost. Reconnecting…', jump: 'Go to the last message', date: 'Date', time: 'Time', datetime: 'Date and time',
      dateBad: 'Please enter a date or time within the range.', map: 'See map', newTab: 'opens in a new tab', phone: 'Phone', hours: 'Hours',
      desk: 'Section', chosen: 'chosen', image: 'Open image', unknown: 'This content cannot be shown.',
    },
    zh: {
      title: '市政府咨询窗口', titleOf: '{city} 咨询窗口', launcher: '咨询市政府', unread: '{n}条新消息',
      close: '关闭', language: '选择语言', log: '对话', input: '输入问题', placeholder: '请输入问题',
      hint: '由系统自动回答。请勿填写个人编号（My Number）、银行账号或密码。火灾、急救请拨打119，报警请拨打110。',
      photo: '发送照片', photoSending: '正在发送照片…', photoLabel: '已发送照片', photoFailed: '照片没有发送成功。请重新选择，或用文字说明。', photoBad: '无法使用这张照片。请选择JPEG或PNG照片。',
      send: '发送', location: '发送当前位置', locating: '正在获取当前位置…', locLabel: '已发送当前位置',
      locDenied: '未获准使用位置信息。请在浏览器设置中允许，或输入町名或附近建筑物的名称。',
      locFailed: '无法获取当前位置。请输入町名或附近建筑物的名称。',
      locNone: '此浏览器或页面无法使用位置信息。请输入町名或附近建筑物的名称。',
      sending: '发送中', sent: '已发送', failed: '未能发送，将自动重新发送。', held: '尚未发送。', busy: '目前繁忙，稍后将重新发送。',
      rejected: '未能发送。', retry: '重新发送', rewrite: '修改', discard: '取消', you: '您', bot: '自动回复', staff: '工作人员',
      typing: '正在准备回复', fresh: '无法继续之前的对话，已开始新的对话。',
      lost: '连接已断开，正在重新连接…', jump: '转到最后一条消息', date: '日期', time: '时间', datetime: '日期和时间',
      dateBad: '请输入可选范围内的日期或时间。', map: '查看地图', newTab: '在新标签页中打开', phone: '电话', hours: '受理时间',
      desk: '负责部门', chosen: '已选择', image: '打开图片', unknown: '无法显示此内容。',
    },
    ko: {
      title: '시청 상담 창구', titleOf: '{city} 상담 창구', launcher: '시청에 문의', unread: '새 메시지 {n}건',
      close: '닫기', language: '언어 선택', log: '대화', input: '질문 입력', placeholder: '질문을 입력하세요',
      hint: '자동으로 답변합니다. 마이넘버, 계좌번호, 비밀번호는 쓰지 마세요. 화재·구급은 119, 사건·사고는 110으로 전화하세요.',
      photo: '사진 보내기', photoSending: '사진을 보내고 있습니다…', photoLabel: '사진을 보냈습니다', photoFailed: '사진을 보내지 못했습니다. 다시 고르거나 글로 알려 주세요.', photoBad: '이 사진은 사용할 수 없습니다. JPEG 또는 PNG 사진을 골라 주세요.',
      send: '보내기', location: '현재 위치 보내기', locating: '현재 위치를 찾고 있습니다…', locLabel: '현재 위치를 보냈습니다',
      locDenied: '위치 사용이 허용되지 않았습니다. 브라우저 설정에서 허용하거나 동네 이름이나 가까운 건물 이름을 입력하세요.',
      locFailed: '현재 위치를 알 수 없습니다. 동네 이름이나 가까운 건물 이름을 입력하세요.',
      locNone: '이 브라우저나 페이지에서는 위치를 사용할 수 없습니다. 동네 이름이나 가까운 건물 이름을 입력하세요.',
      sending: '보내는 중', sent: '보냄', failed: '보내지 못했습니다. 자동으로 다시 보냅니다.', held: '아직 보내지 않았습니다.', busy: '지금 혼잡합니다. 잠시 후 다시 보냅니다.',
      rejected: '보내지 못했습니다.', retry: '다시 보내기', rewrite: '고쳐 쓰기', discard: '취소', you: '나', bot: '자동 응답', staff: '직원',
      typing: '답변을 준비하고 있습니다', fresh: '이전 대화를 이어갈 수 없어 새 대화를 시작했습니다.',
      lost: '연결이 끊겼습니다. 다시 연결하고 있습니다…', jump: '마지막 메시지로', date: '날짜', time: '시간', datetime: '날짜와 시간',
      dateBad: '선택할 수 있는 범위의 날짜나 시간을 입력하세요.', map: '지도 보기', newTab: '새 탭에서 열림', phone: '전화', hours: '접수 시간',
      desk: '담당', chosen: '선택함', image: '이미지 열기', unknown: '이 내용은 표시할 수 없습니다.',
    },
    vi: {
      title: 'Quầy hỏi đáp tòa thị chính', titleOf: 'Quầy hỏi đáp {city}', launcher: 'Hỏi tòa thị chính', unread: '{n} tin mới',
      close: 'Đóng', language: 'Chọn ngôn ngữ', log: 'Cuộc trò chuyện', input: 'Câu hỏi của bạn', placeholder: 'Nhập câu hỏi',
      hint: 'Câu trả lời là tự động. Xin đừng viết số My Number, số tài khoản hoặc mật khẩu. Cháy, cấp cứu: gọi 119. Cảnh sát: gọi 110.',
      photo: 'Gửi ảnh', photoSending: 'Đang gửi ảnh…', photoLabel: 'Đã gửi ảnh', photoFailed: 'Không gửi được ảnh. Hãy chọn lại hoặc mô tả bằng lời.', photoBad: 'Không dùng được ảnh này. Hãy chọn ảnh JPEG hoặc PNG.',
      send: 'Gửi', location: 'Gửi vị trí hiện tại', locating: 'Đang tìm vị trí…', locLabel: 'Đã gửi vị trí',
      locDenied: 'Chưa được phép dùng vị trí. Hãy cho phép trong cài đặt trình duyệt, hoặc nhập tên khu phố hay tòa nhà gần đó.',
      locFailed: 'Không tìm được vị trí. Hãy nhập tên khu phố hoặc tòa nhà gần đó.',
      locNone: 'Trình duyệt hoặc trang này không dùng được vị trí. Hãy nhập tên khu phố hoặc tòa nhà gần đó.',
      sending: 'Đang gửi', sent: 'Đã gửi', failed: 'Chưa gửi được. Sẽ tự động gửi lại.', held: 'Chưa gửi.', busy: 'Đang quá tải. Sẽ gửi lại sau ít phút.',
      rejected: 'Không gửi được.', retry: 'Gửi lại', rewrite: 'Sửa lại', discard: 'Hủy', you: 'Bạn', bot: 'Trả lời tự động', staff: 'Nhân viên',
      typing: 'Đang chuẩn bị câu trả lời', fresh: 'Không thể tiếp tục cuộc trò chuyện trước nên đã bắt đầu cuộc mới.',
      lost: 'Mất kết nối. Đang kết nối lại…', jump: 'Đến tin nhắn cuối', date: 'Ngày', time: 'Giờ', datetime: 'Ngày và giờ',
      dateBad: 'Hãy nhập ngày hoặc giờ trong phạm vi cho phép.', map: 'Xem bản đồ', newTab: 'mở trong thẻ mới', phone: 'Điện thoại', hours: 'Giờ tiếp nhận',
      desk: 'Bộ phận', chosen: 'đã chọn', image: 'Mở hình ảnh', unknown: 'Không thể hiển thị nội dung này.',
    },
  };

  // The language of a text whose sender did not say it, or '' when the letters do not tell:
  // a wrong lang attribute makes a screen reader worse than none.
  function guessLang(text, current) {
    if (/[\u3041-\u30ff]/.test(text)) return 'ja';
    if (/[\uac00-\ud7af]/.test(text)) return 'ko';
    if (/[ăđơưạảấầẩẫậắằẳẵặẹẻẽếềểễệịỉĩọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]/i.test(text)) return 'vi';
    const cur = htmlLang(current);
    if (/[\u4e00-\u9fff]/.test(text)) return cur === 'ja' || cur === 'zh-CN' ? cur : '';
    if (/[a-z]{2,}[^a-z]+[a-z]{2,}/i.test(text)) return cur === 'vi' ? 'vi' : 'en';
    return '';
  }

  // ---------------------------------------------------------------- looks

  // Sizes are in em on a base that follows the reader's font setting but never drops below 17 px,
  // because many city sites set html { font-size: 62.5% }.
  const CSS = `
:host{all:initial;display:block}
:host([hidden]){display:none}
*,*::before,*::after{box-sizing:border-box}
.root{
--bg:#f3f6f4;--card:#fff;--ink:#1b2a31;--sub:#4c5d66;--line:#cbd6d8;--ctl:#687a83;
--brand:#0d566a;--on-brand:#fff;--act:#0b5467;--on-act:#fff;--act-soft:#e8f3f5;--mine:#d5eaee;
--warn-bg:#fff2d9;--warn-ink:#5f3b00;--err:#9c1c16;--ring:#000;--ring2:#ffd43d;
--shadow:0 10px 40px rgba(12,40,52,.24);
font:400 17px/1.65 "Hiragino Sans","Hiragino Kaku Gothic ProN","BIZ UDPGothic","Yu Gothic UI",Meiryo,"Noto Sans JP","Noto Sans CJK JP",system-ui,sans-serif;
font-size:max(17px,1.0625rem);
color:var(--ink);color-scheme:light;text-align:start;letter-spacing:normal;-webkit-text-size-adjust:100%}
@media (prefers-color-scheme:dark){.root{
--bg:#11191d;--card:#1c272c;--ink:#edf3f4;--sub:#b4c2c8;--line:#3a4a52;--ctl:#8d9fa8;
--brand:#123845;--on-brand:#f0f8fa;--act:#93d6e6;--on-act:#06242d;--act-soft:#20343b;--mine:#1d4754;
--warn-bg:#3d2f12;--warn-ink:#ffe2ab;--err:#ffb3ab;--ring:#fff;--ring2:#5c4a00;
--shadow:0 10px 40px rgba(0,0,0,.6);color-scheme:dark}}
:lang(zh){font-family:"PingFang SC","Microsoft YaHei","Noto Sans SC","Noto Sans CJK SC",system-ui,sans-serif}
:lang(ko){font-family:"Apple SD Gothic Neo","Malgun Gothic","Noto Sans KR","Noto Sans CJK KR",system-ui,sans-serif;word-break:keep-all}
:lang(en),:lang(vi){font-family:system-ui,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Noto Sans",sans-serif}
:lang(ja){font-family:"Hiragino Sans","Hiragino Kaku Gothic ProN","BIZ UDPGothic","Yu Gothic UI",Meiryo,"Noto Sans JP","Noto Sans CJK JP",system-ui,sans-serif;line-break:strict}
[hidden]{display:none!important}
.sr{position:absolute;width:1px;height:1px;margin:-1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
button,input,textarea,select{font:inherit;color:inherit;letter-spacing:inherit;margin:0}
button,a.btn{min-height:44px;min-width:44px;cursor:pointer;touch-action:manipulation;-webkit-tap-highlight-color:transparent}
svg{width:1.4em;height:1.4em;flex:none;display:block;fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
:focus{outline:3px solid var(--ring);outline-offset:2px;box-shadow:0 0 0 2px var(--ring2)}
:focus:not(:focus-visible){outline:none!important;box-shadow:none!important}

.launcher{position:fixed;z-index:2147483000;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));
display:flex;align-items:center;gap:.55em;min-height:58px;padding:.5em 1.25em .5em 1em;max-width:calc(100vw - 32px);
border:2px solid var(--card);border-radius:30px;background:var(--brand);color:var(--on-brand);font-weight:700;line-height:1.3;box-shadow:0 4px 18px rgba(12,40,52,.35)}
.launcher:hover{filter:brightness(1.12)}
.badge{min-width:1.7em;padding:0 .45em;border-radius:1em;background:#fff;color:#0d4657;text-align:center;font-size:.9em;line-height:1.7}

.panel{position:fixed;z-index:2147483001;right:max(16px,env(safe-area-inset-right));bottom:max(16px,env(safe-area-inset-bottom));
display:flex;flex-direction:column;width:27em;max-width:calc(100vw - 32px);height:44em;max-height:calc(100vh - 32px);
background:var(--bg);border:1px solid var(--ctl);border-radius:18px;box-shadow:var(--shadow);overflow:hidden}
.root.full .panel,.root.small .panel{left:0;right:0;top:var(--vv-top,0);bottom:auto;width:auto;max-width:none;height:var(--vv-height,100%);max-height:none;border:0;border-radius:0;box-shadow:none}
.root.full .col{width:100%;max-width:46em;margin-left:auto;margin-right:auto}

.head{position:relative;z-index:3;flex:none;background:var(--brand);color:var(--on-brand);padding:max(.4em,env(safe-area-inset-top)) .5em .4em 1em}
.bar{position:relative;display:flex;align-items:center;gap:.4em}
.title{flex:1;min-width:0;margin:0;font-size:1.06em;font-weight:700;line-height:1.35;word-break:keep-all;overflow-wrap:anywhere}
.head button{display:flex;align-items:center;justify-content:center;gap:.4em;border:1px solid transparent;border-radius:10px;background:transparent;color:inherit;padding:.2em .5em;line-height:1.25}
.head button:hover{background:rgba(255,255,255,.16)}
.head .langbtn{border-color:rgba(255,255,255,.65);font-size:.9em}
.head button:focus,.launcher:focus{outline-color:#fff;box-shadow:0 0 0 2px #000}
.langs{position:absolute;z-index:3;right:0;top:calc(100% + .2em);min-width:13em;max-width:100%;margin:0;padding:.4em;list-style:none;
background:var(--card);color:var(--ink);border:1px solid var(--ctl);border-radius:12px;box-shadow:var(--shadow)}
.langs button{width:100%;justify-content:flex-start;padding:.35em .7em;color:var(--ink)}
.langs button::before{content:"";width:1.3em;flex:none}
.langs button[aria-pressed=true]::before{content:"✓";font-weight:700;color:var(--act)}
.langs button[aria-pressed=true]{font-weight:700}
.langs button:hover{background:var(--act-soft)}
.langs button:focus{outline-color:var(--ring);box-shadow:0 0 0 2px var(--ring2)}

.net{flex:none;padding:.35em 1em;background:var(--warn-bg);color:var(--warn-ink);font-size:.9em;line-height:1.5}
.body{position:relative;flex:1;min-height:0;display:flex}
.scroll{flex:1;min-width:0;overflow-x:hidden;overflow-y:auto;overscroll-behavior:contain;padding:1em 1em .4em;position:relative}
.scroll:focus{outline-offset:-4px;box-shadow:none}
.hint{margin:0 0 1.2em;padding:.7em .9em;border-radius:12px;border:1px solid var(--line);color:var(--sub);font-size:.9em;line-height:1.6}
.msg{margin:0 0 1.15em;display:flex;flex-direction:column;align-items:flex-start}
.meta{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .6em;margin:0 .2em .2em;color:var(--sub);font-size:.82em;line-height:1.5}
.who{font-weight:700}
.bubble{max-width:94%;padding:.65em .95em;border:1px solid var(--line);border-radius:4px 16px 16px 16px;background:var(--card)}
.part{max-width:100%;min-width:0}
.part>.bubble{display:table;max-width:100%}
.part+.part{margin-top:.5em}
.text{margin:0;white-space:pre-wrap;word-break:break-word;overflow-wrap:anywhere}
.mine{align-items:flex-end}
.mine .bubble{max-width:86%;background:var(--mine);border-color:transparent;border-radius:16px 4px 16px 16px}
.staff .bubble{border-inline-start:4px solid var(--act)}
.state{display:flex;flex-wrap:wrap;align-items:center;justify-content:flex-end;gap:.3em .6em;margin:.2em .2em 0;color:var(--sub);font-size:.85em;line-height:1.5}
.state.bad{color:var(--err)}
.notice{margin:0 0 1.15em;padding:.6em .9em;border-radius:12px;background:var(--warn-bg);color:var(--warn-ink);font-size:.94em}
a{color:var(--act);text-decoration:underline;text-underline-offset:.18em;overflow-wrap:anywhere}
.btns{display:flex;flex-wrap:wrap;gap:.55em;margin:.55em 0 0;padding:0;list-style:none}
.btns li{max-width:100%}
.btn{display:inline-flex;align-items:center;gap:.45em;max-width:100%;padding:.45em 1em;border:1.5px solid var(--act);border-radius:12px;background:var(--card);color:var(--act);
font-weight:600;line-height:1.4;text-align:start;text-decoration:none;overflow-wrap:anywhere}
.btn:hover{background:var(--act-soft)}
.btn.main{background:var(--act);color:var(--on-act)}
.btn.main:hover{filter:brightness(1.12)}
.btn.small{padding:.2em .8em;font-size:1em;background:var(--card);color:var(--act)}
.btn.picked{background:var(--act-soft);border-width:2.5px}
.cards{margin:.55em 0 0;padding:0;list-style:none;display:grid;gap:.6em;width:100%}
.text:empty+.cards{margin-top:0}
.card{padding:.8em .95em;border:1px solid var(--line);border-radius:14px;background:var(--card);min-width:0}
.part.wide{width:100%}
.card .name{margin:0;font-weight:700;font-size:1.04em;line-height:1.45;overflow-wrap:anywhere}
.card .under{margin:.1em 0 0;color:var(--sub);font-size:.92em}
.card .line{margin:.25em 0 0;line-height:1.55;overflow-wrap:anywhere}
.row{display:flex;flex-wrap:wrap;align-items:baseline;gap:0 .6em;margin:.3em 0 0;overflow-wrap:anywhere}
.row dt{flex:none;color:var(--sub)}
.row dd{margin:0;min-width:0}
dl{margin:.2em 0 0}
.tel{font-weight:700;display:inline-flex;align-items:center;min-height:44px}
.desk{font-weight:700}
img{display:block;max-width:100%;max-height:22em;margin-bottom:.4em;border-radius:10px}
.when{display:flex;flex-wrap:wrap;align-items:flex-end;gap:.55em;margin-top:.5em}
.when label{display:flex;flex-direction:column;gap:.15em;font-size:.9em;color:var(--sub);min-width:0;max-width:100%}
.when input{min-height:46px;max-width:100%;padding:.3em .7em;border:1.5px solid var(--ctl);border-radius:10px;background:var(--bg);color:var(--ink);font-size:1.1em}
.why{flex-basis:100%;margin:0;color:var(--err);font-size:.9em}
.typing{display:flex;align-items:center;gap:.35em;min-height:2.9em;margin:0 0 1em;width:max-content;max-width:100%;padding:.5em .95em;border:1px solid var(--line);border-radius:4px 16px 16px 16px;background:var(--card)}
.dot{width:.5em;height:.5em;border-radius:50%;background:var(--sub);animation:dot 1.2s infinite}
.dot:nth-child(2){animation-delay:.18s}.dot:nth-child(3){animation-delay:.36s}
.new{animation:rise .2s ease-out}
@keyframes dot{0%,60%,100%{opacity:.35}30%{opacity:1}}
@keyframes rise{from{opacity:0;transform:translateY(6px)}}
.jump{position:absolute;z-index:2;right:.7em;bottom:.7em;display:flex;align-items:center;justify-content:center;width:46px;min-height:46px;padding:0;border:1.5px solid var(--act);border-radius:50%;background:var(--card);color:var(--act);box-shadow:0 3px 12px rgba(12,40,52,.25)}
.root.full .jump{right:max(.7em,calc(50% - 23em))}

form.compose{flex:none;margin:0;background:var(--card);border-top:1px solid var(--line);padding:.6em max(.6em,env(safe-area-inset-right)) max(.6em,env(safe-area-inset-bottom)) max(.6em,env(safe-area-inset-left))}
.field{display:flex;align-items:flex-end;gap:.4em}
textarea{flex:1;min-width:0;min-height:48px;max-height:9em;padding:.55em .75em;border:1.5px solid var(--ctl);border-radius:14px;background:var(--bg);color:var(--ink);line-height:1.5;resize:none;overflow-y:auto}
textarea::placeholder{color:var(--sub);opacity:1}
textarea:placeholder-shown{white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.loc,.cam{display:flex;align-items:center;justify-content:center;width:48px;min-height:48px;flex:none;padding:0;border:0;border-radius:14px;background:transparent;color:var(--act)}
.loc:hover,.cam:hover{background:var(--act-soft)}
.send{display:flex;align-items:center;justify-content:center;gap:.35em;min-height:48px;flex:none;padding:.3em .95em;border:1.5px solid var(--act);border-radius:14px;background:var(--act);color:var(--on-act);font-weight:700}
.send:hover{filter:brightness(1.12)}

@media (max-width:420px){.scroll{padding:.8em .75em .3em}.bubble{max-width:100%}.langname{max-width:7.2em}.send .lbl{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}.send{padding:.3em;width:52px}.head{padding-left:.75em}}
@media (max-height:420px){.head{padding-top:2px;padding-bottom:2px}form.compose{padding-top:.3em;padding-bottom:.3em}textarea{max-height:4.5em}.langs{max-height:60vh;overflow:auto}}
@media (prefers-reduced-motion:reduce){*,*::before,*::after{animation:none!important;transition:none!important}.scroll{scroll-behavior:auto}}
@media (forced-colors:active){
.launcher,.head,.bubble,.card,.notice,.net,.typing,textarea,.send,.btn,.jump{border:1px solid}
.btn.picked{border:3px solid Highlight}.dot{background:CanvasText}:focus{outline-color:Highlight!important}
.badge{border:1px solid}}
@media print{.launcher,form.compose,.jump,.typing{display:none!important}.root.full .panel{position:static;height:auto;overflow:visible}.root.full .scroll{overflow:visible}}
`;

  const ICONS = {
    chat: ['M4 5h16v11H10l-4.5 4v-4H4z', 'M8.2 10.5h.01M12 10.5h.01M15.8 10.5h.01'],
    close: ['M6 6l12 12M18 6L6 18'],
    globe: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z', 'M3 12h18M12 3c3 3 3 15 0 18M12 3c-3 3-3 15 0 18'],
    camera: ['M4 8h3l2-3h6l2 3h3a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V9a1 1 0 0 1 1-1z', 'M12 17a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z'],
    pin: ['M12 21s7-6.4 7-11.5A7 7 0 0 0 5 9.5C5 14.6 12 21 12 21z', 'M12 12a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z'],
    send: ['M4 12L20 4l-5 16-3.5-6.5z', 'M11.5 13.5L20 4'],
    down: ['M12 5v14M6 13l6 6 6-6'],
    out: ['M14 4h6v6M20 4l-9 9M18 14v6H4V6h6'],
    map: ['M9 4L3 6.5V20l6-2.5 6 2.5 6-2.5V4l-6 2.5z', 'M9 4v13.5M15 6.5V20'],
  };

  // ---------------------------------------------------------------- small helpers

  function el(tag, cls, text) {
    const node = document.createElement(tag);
    if (cls) node.className = cls;
    if (text != null && text !== '') node.textContent = String(text);
    return node;
  }

  function icon(name) {
    const ns = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(ns, 'svg');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('focusable', 'false');
    for (const d of ICONS[name]) {
      const path = document.createElementNS(ns, 'path');
      path.setAttribute('d', d);
      svg.append(path);
    }
    return svg;
  }

  // randomUUID is missing on plain http and in older Safari.
  function uuid() {
    if (window.crypto && crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const h = Array.from(b, (x) => x.toString(16).padStart(2, '0')).join('');
    return [h.slice(0, 8), h.slice(8, 12), h.slice(12, 16), h.slice(16, 20), h.slice(20)].join('-');
  }

  // A link is only followed when its scheme cannot run script.
  function safeUrl(url, schemes) {
    try {
      const u = new URL(String(url), BASE + '/');
      return (schemes || ['https:', 'http:', 'tel:', 'mailto:']).indexOf(u.protocol) >= 0 ? u.href : '';
    } catch (e) {
      return '';
    }
  }

  function telUrl(phone) {
    const n = String(phone).normalize('NFKC').replace(/[^0-9+#*]/g, '');
    return n.length >= 3 ? 'tel:' + n : '';
  }

  const reduced = () => !!window.matchMedia && matchMedia('(prefers-reduced-motion: reduce)').matches;

  // localStorage throws where it is switched off or full; the chat then lives as long as the page.
  const memory = new Map();
  const store = {
    get(key) {
      if (memory.has(key)) return memory.get(key);
      try { return localStorage.getItem(key); } catch (e) { return null; }
    },
    set(key, value) {
      try { localStorage.setItem(key, value); memory.delete(key); } catch (e) { memory.set(key, value); }
    },
    del(key) {
      memory.delete(key);
      try { localStorage.removeItem(key); } catch (e) { /* nothing was kept */ }
    },
    keys(prefix) {
      const found = new Set();
      memory.forEach((v, k) => found.add(k));
      try { for (let i = 0; i < localStorage.length; i++) found.add(localStorage.key(i)); } catch (e) { /* memory only */ }
      return Array.from(found).filter((k) => k && k.indexOf(prefix) === 0);
    },
  };

  // A wait that something (the `online` event, a click on 再送) can cut short.
  class Nap {
    sleep(ms) {
      this.wake();
      return new Promise((resolve) => {
        this.done = resolve;
        this.timer = setTimeout(() => this.wake(), ms);
      });
    }
    wake() {
      clearTimeout(this.timer);
      const done = this.done;
      this.done = null;
      if (done) done();
    }
  }

  const backoff = (n) => RETRY_S[Math.min(n, RETRY_S.length - 1)] * 1000;

  // ---------------------------------------------------------------- server-sent events over fetch

  // EventSource cannot send the Authorization header, so the stream is read by hand.
  class SseParser {
    constructor(onEvent) {
      this.onEvent = onEvent;
      this.rest = '';
      this.clear();
    }
    clear() {
      this.id = '';
      this.event = '';
      this.data = [];
    }
    push(chunk) {
      this.rest += chunk;
      for (;;) {
        const m = /\r\n|\n|\r/.exec(this.rest);
        // A CR at the very end may be half of a CRLF: wait for the next chunk.
        if (!m || (m[0] === '\r' && m.index === this.rest.length - 1)) return;
        const line = this.rest.slice(0, m.index);
        this.rest = this.rest.slice(m.index + m[0].length);
        this.line(line);
      }
    }
    line(line) {
      if (line === '') {
        if (this.data.length || this.event) this.onEvent(this.event || 'message', this.data.join('\n'), this.id);
        this.clear();
        return;
      }
      if (line[0] === ':') return;
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      let value = colon < 0 ? '' : line.slice(colon + 1);
      if (value[0] === ' ') value = value.slice(1);
      if (field === 'data') this.data.push(value);
      else if (field === 'event') this.event = value;
      else if (field === 'id') this.id = value;
    }
  }

  // ---------------------------------------------------------------- the element

  class MadoguchiChat extends HTMLElement {
    connectedCallback() {
      if (this.started) {
        this.resume();
        return;
      }
      this.started = true;
      this.city = this.getAttribute('city') || '';
      this.full = this.hasAttribute('full');
      this.url = BASE + '/chat/' + encodeURIComponent(this.city);
      this.keyBase = 'madoguchi:' + BASE + ':' + this.city + ':';

      this.ui = this.pickLang();
      this.names = { ja: this.getAttribute('name') || store.get(this.keyBase + 'name') || '', en: this.getAttribute('name-en') || store.get(this.keyBase + 'name-en') || '' };
      this.token = store.get(this.keyBase + 'token');
      this.lineGen = 0;
      this.gen = 0; // counts sessions: sequence numbers start anew with each
      this.lastSeq = 0;
      this.bySeq = new Map();
      this.byId = new Map();
      this.queue = [];
      this.waiting = []; // messages of the server not shown yet
      this.unread = 0;
      this.sendNap = new Nap();
      this.lineNap = new Nap();
      this.alive = true;
      this.atEnd = true;
      this.following = true;
      this.lastTop = 0;

      this.build();
      this.bind();
      this.relabel();
      this.loadQueue();
      this.resume();
    }

    disconnectedCallback() {
      this.alive = false;
      this.stopLine();
      this.sendNap.wake();
      for (const off of this.unbind || []) off();
      this.unbind = null;
    }

    resume() {
      this.alive = true;
      if (!this.unbind) this.bindWindow();
      if (this.hasAttribute('open') || this.full) this.open(false);
      else {
        // Nobody opened the chat on this page yet: connect only when something is under way,
        // so that an ordinary page view of the city's site costs the server nothing.
        const last = Number(store.get(this.keyBase + 'active') || 0);
        if (this.queue.some((q) => !q.state) || (this.token && Date.now() - last < ACTIVE_MS)) this.startLine();
      }
      this.flush();
    }

    pickLang() {
      const wish = store.get(this.keyBase + 'lang') || this.getAttribute('ui-lang') || 'ja';
      if (WORDS[wish]) return wish;
      const base = wish.toLowerCase().split('-')[0];
      return WORDS[base] ? base : 'ja';
    }

    word(key, values) {
      let s = WORDS[this.ui][key] || WORDS.ja[key] || key;
      for (const k in values || {}) s = s.replace('{' + k + '}', values[k]);
      return s;
    }

    // ------------------------------------------------------------ structure

    // Words of the widget itself carry their key so that a change of language reaches those on screen.
    t(node, key) {
      node.dataset.t = key;
      node.textContent = this.word(key);
      return node;
    }

    ta(node, attr, key) {
      node.setAttribute('data-t-' + attr, key);
      node.setAttribute(attr, this.word(key));
      return node;
    }

    button(cls, iconName, key, labelled) {
      const b = el('button', cls);
      b.type = 'button';
      if (iconName) b.append(icon(iconName));
      if (labelled) b.append(this.t(el('span', 'lbl'), key));
      else {
        this.ta(b, 'aria-label', key);
        this.ta(b, 'title', key);
      }
      return b;
    }

    build() {
      const shadow = this.attachShadow({ mode: 'open' });
      // A constructed sheet is not subject to style-src; older Safari needs the element, which
      // carries the nonce of the script tag for pages with a strict policy.
      let adopted = false;
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(CSS);
        shadow.adoptedStyleSheets = [sheet];
        adopted = shadow.adoptedStyleSheets.length === 1 && 'adoptedStyleSheets' in Document.prototype;
      } catch (e) { /* fall through */ }
      if (!adopted) {
        const style = el('style');
        if (NONCE) style.setAttribute('nonce', NONCE);
        style.textContent = CSS;
        shadow.append(style);
      }

      const root = (this.root = el('div', 'root' + (this.full ? ' full' : '')));

      this.launcher = this.button('launcher', 'chat', 'launcher', true);
      this.launcher.setAttribute('aria-expanded', 'false');
      this.launcher.setAttribute('aria-haspopup', 'dialog');
      this.badge = el('span', 'badge');
      this.badge.hidden = true;
      this.launcher.append(this.badge);

      const panel = (this.panel = el(this.full ? 'section' : 'div', 'panel'));
      panel.hidden = true;
      if (!this.full) panel.setAttribute('role', 'dialog');
      panel.setAttribute('aria-labelledby', 'title');

      const head = el('div', 'head');
      const bar = el('div', 'bar col');
      this.heading = el(this.full ? 'h1' : 'h2', 'title');
      this.heading.id = 'title';
      this.langBtn = el('button', 'langbtn');
      this.langBtn.type = 'button';
      this.langBtn.setAttribute('aria-expanded', 'false');
      this.langBtn.setAttribute('aria-controls', 'langs');
      this.langName = el('span', 'langname');
      this.langBtn.append(icon('globe'), this.langName, this.t(el('span', 'sr'), 'language'));
      this.closeBtn = this.button('close', 'close', 'close');
      this.closeBtn.hidden = this.full;
      
      // Buttons in a list, not a <select>: on several systems the arrow keys change a select at
      // every step, and each change would be sent to the counter.
      this.langList = el('ul', 'langs');
      this.langList.id = 'langs';
      this.langList.hidden = true;
      for (const [code, label, tag] of LANGS) {
        const b = el('button', '', label);
        b.type = 'button';
        b.lang = tag;
        b.dataset.code = code;
        const li = el('li');
        li.append(b);
        this.langList.append(li);
      }
      bar.append(this.heading, this.langBtn, this.langList, this.closeBtn);
      head.append(bar);

      this.net = el('div');
      this.net.setAttribute('role', 'status');

      const body = el('div', 'body');
      this.scroller = el('div', 'scroll');
      this.scroller.tabIndex = 0;
      this.scroller.setAttribute('role', 'region');
      this.ta(this.scroller, 'aria-label', 'log');
      const col = el('div', 'col');
      this.hint = this.t(el('p', 'hint'), 'hint');
      // Restored messages stand outside the live region, so opening the page reads nothing aloud;
      // what arrives afterwards goes into the log.
      this.past = el('div', 'past');
      this.log = el('div', 'log');
      this.log.setAttribute('role', 'log');
      this.log.setAttribute('aria-live', 'polite');
      this.log.setAttribute('aria-relevant', 'additions');
      this.ta(this.log, 'aria-label', 'log');
      this.typing = el('div', 'typing');
      this.typing.hidden = true;
      for (let i = 0; i < 3; i++) {
        const dot = el('span', 'dot');
        dot.setAttribute('aria-hidden', 'true');
        this.typing.append(dot);
      }
      col.append(this.hint, this.past, this.log, this.typing);
      this.scroller.append(col);
      this.jumpBtn = this.button('jump', 'down', 'jump', false);
      this.jumpBtn.hidden = true;
      body.append(this.scroller, this.jumpBtn);

      // One quiet voice for states that are shown elsewhere as marks.
      this.say = el('div', 'sr');
      this.say.setAttribute('role', 'status');

      this.form = el('form', 'compose');
      const field = el('div', 'field col');
      this.locBtn = this.button('loc', 'pin', 'location');
      const label = this.t(el('label', 'sr'), 'input');
      label.htmlFor = 'text';
      this.input = el('textarea');
      this.input.id = 'text';
      this.input.rows = 1;
      this.input.setAttribute('enterkeyhint', 'send');
      this.input.setAttribute('autocomplete', 'off');
      this.ta(this.input, 'placeholder', 'placeholder');
      this.sendBtn = this.button('send', 'send', 'send', true);
      this.sendBtn.type = 'submit';
      this.photoBtn = this.button('cam', 'camera', 'photo');
      this.photoPick = el('input');
      this.photoPick.type = 'file';
      this.photoPick.accept = 'image/*';
      this.photoPick.hidden = true;
      field.append(this.locBtn, this.photoBtn, this.photoPick, label, this.input, this.sendBtn);
      this.form.append(field);

      panel.append(head, this.net, body, this.say, this.form);
      root.append(this.launcher, panel);
      // On a city page the button and the window form a landmark of their own.
      if (!this.full) root.setAttribute('role', 'region');
      if (this.full) this.launcher.hidden = true;
      shadow.append(root);
    }

    relabel() {
      this.root.lang = htmlLang(this.ui);
      for (const n of this.root.querySelectorAll('[data-t]')) n.textContent = this.word(n.dataset.t);
      for (const attr of ['aria-label', 'title', 'placeholder']) {
        for (const n of this.root.querySelectorAll('[data-t-' + attr + ']')) n.setAttribute(attr, this.word(n.getAttribute('data-t-' + attr)));
      }
      for (const n of this.root.querySelectorAll('time')) n.textContent = this.clock(n.dateTime);
      const lang = LANGS.find((l) => l[0] === this.ui);
      this.langName.textContent = lang[1];
      for (const b of this.langList.querySelectorAll('button')) b.setAttribute('aria-pressed', String(b.dataset.code === this.ui));
      const latin = this.ui === 'en' || this.ui === 'vi';
      const city = (latin && this.names.en) || this.names.ja;
      this.heading.textContent = city ? this.word('titleOf', { city }) : this.word('title');
      if (this.full) document.title = this.heading.textContent;
      else this.root.setAttribute('aria-label', this.heading.textContent);
      this.showUnread();
    }

    clock(at) {
      const d = new Date(at);
      if (isNaN(d.getTime())) return '';
      const today = d.toDateString() === new Date().toDateString();
      const opts = today ? { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } : { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };
      try { return new Intl.DateTimeFormat(htmlLang(this.ui), opts).format(d); } catch (e) { return ''; }
    }

    // ------------------------------------------------------------ events of the page

    bind() {
      this.launcher.addEventListener('click', () => this.open(true));
      this.closeBtn.addEventListener('click', () => this.close());
      this.langBtn.addEventListener('click', () => this.toggleLangs(this.langList.hidden));
      this.langList.addEventListener('click', (e) => {
        const b = e.target.closest('button');
        if (b) this.chooseLang(b.dataset.code);
      });
      this.form.addEventListener('submit', (e) => {
        e.preventDefault();
        this.submit();
      });
      this.locBtn.addEventListener('click', () => this.askLocation());
      this.photoBtn.addEventListener('click', () => this.photoPick.click());
      this.photoPick.addEventListener('change', () => {
        const file = this.photoPick.files[0];
        this.photoPick.value = '';
        if (file) this.sendPhoto(file);
      });
      this.jumpBtn.addEventListener('click', () => {
        this.scroller.scrollTop = this.scroller.scrollHeight;
        this.scroller.focus({ preventScroll: true });
      });
      this.scroller.addEventListener('scroll', () => this.onScroll(), { passive: true });
      this.input.addEventListener('input', () => this.grow());

      // Enter that confirms a kana-kanji conversion must not send. Chrome and Firefox say so with
      // isComposing, most browsers with keyCode 229; Safari ends the composition before the keydown
      // of that very Enter, so a composition that has only just ended counts as well.
      let justComposed = 0;
      const settle = () => {
        clearTimeout(justComposed);
        justComposed = 0;
      };
      this.input.addEventListener('compositionend', () => {
        settle();
        justComposed = setTimeout(settle, 100);
      });
      this.input.addEventListener('keyup', settle);
      this.input.addEventListener('keydown', (e) => {
        if (e.key !== 'Enter' || e.shiftKey || e.ctrlKey || e.altKey || e.metaKey) return;
        if (e.isComposing || e.keyCode === 229) return;
        e.preventDefault();
        if (justComposed) return;
        this.submit();
      });

      this.panel.addEventListener('keydown', (e) => {
        if (e.key === 'Escape' && !e.isComposing && e.keyCode !== 229) {
          if (!this.langList.hidden) {
            this.toggleLangs(false);
            this.langBtn.focus();
          } else if (!this.full) this.close();
          else return;
          e.preventDefault();
          e.stopPropagation();
        } else if (e.key === 'Tab') this.trap(e);
      });
      this.panel.addEventListener('focusout', (e) => {
        if (!this.langList.hidden && e.relatedTarget && !this.langList.contains(e.relatedTarget) && e.relatedTarget !== this.langBtn) this.toggleLangs(false);
      });
      this.panel.addEventListener('pointerdown', (e) => {
        if (!this.langList.hidden && !this.langList.contains(e.target) && !this.langBtn.contains(e.target)) this.toggleLangs(false);
      });
    }

    bindWindow() {
      const offs = (this.unbind = []);
      const on = (target, type, fn) => {
        target.addEventListener(type, fn);
        offs.push(() => target.removeEventListener(type, fn));
      };
      on(window, 'online', () => {
        this.sendNap.wake();
        this.lineNap.wake();
      });
      on(document, 'visibilitychange', () => {
        clearTimeout(this.hiddenTimer);
        if (document.hidden) {
          this.hiddenTimer = setTimeout(() => this.stopLine(), HIDDEN_CLOSE_MS);
          return;
        }
        this.sendNap.wake();
        this.lineNap.wake();
        if (this.wanted) {
          // A phone that slept may hold a dead connection without knowing.
          if (this.abort && performance.now() - this.heard > SILENCE_MS / 2) this.abort.abort();
          this.startLine();
        }
        if (this.isOpen) this.markSeen();
      });
      on(window, 'storage', (e) => {
        // Another tab renewed the session: follow it instead of starting a third one.
        if (e.key === this.keyBase + 'token' && e.newValue && e.newValue !== this.token) this.adopt(e.newValue, false);
      });
      const small = window.matchMedia ? matchMedia('(max-width: 540px), (max-height: 520px)') : null;
      const fit = () => {
        const isSmall = !!small && small.matches;
        this.root.classList.toggle('small', isSmall);
        if (!this.full) this.panel.setAttribute('aria-modal', String(isSmall));
        // The visual viewport excludes the on-screen keyboard, which 100% on iOS does not.
        const vv = window.visualViewport;
        if (vv && (isSmall || this.full) && vv.scale < 1.05) {
          this.root.style.setProperty('--vv-height', Math.round(vv.height) + 'px');
          this.root.style.setProperty('--vv-top', Math.round(vv.offsetTop) + 'px');
        } else {
          this.root.style.removeProperty('--vv-height');
          this.root.style.removeProperty('--vv-top');
        }
        this.grow();
        if (this.atEnd) this.toEnd();
        else this.onScroll();
      };
      on(window, 'resize', fit);
      if (window.visualViewport) {
        on(window.visualViewport, 'resize', fit);
        on(window.visualViewport, 'scroll', fit);
      }
      fit();
    }

    // Where the panel covers the whole screen the page behind must not take the focus unseen.
    trap(e) {
      if (this.full || !this.root.classList.contains('small')) return;
      const all = Array.from(this.panel.querySelectorAll('button,a[href],input,textarea,[tabindex="0"]')).filter((n) => !n.disabled && n.getClientRects().length);
      const at = this.shadowRoot.activeElement;
      const first = all[0];
      const last = all[all.length - 1];
      if (e.shiftKey && at === first) last.focus();
      else if (!e.shiftKey && at === last) first.focus();
      else return;
      e.preventDefault();
    }

    get isOpen() {
      return !this.panel.hidden;
    }

    open(focus) {
      this.panel.hidden = false;
      this.launcher.hidden = true;
      this.launcher.setAttribute('aria-expanded', 'true');
      this.startLine();
      this.grow();
      this.toEnd();
      this.markSeen();
      if (focus) this.input.focus();
    }

    close() {
      this.toggleLangs(false);
      this.panel.hidden = true;
      this.launcher.hidden = false;
      this.launcher.setAttribute('aria-expanded', 'false');
      this.launcher.focus();
      this.dispatchEvent(new CustomEvent('madoguchi-close', { bubbles: true, composed: true }));
    }

    toggleLangs(show) {
      this.langList.hidden = !show;
      this.langBtn.setAttribute('aria-expanded', String(show));
      if (show) (this.langList.querySelector('[aria-pressed=true]') || this.langList.querySelector('button')).focus();
    }

    chooseLang(code) {
      this.toggleLangs(false);
      this.langBtn.focus();
      if (code === this.ui) return;
      this.ui = code;
      store.set(this.keyBase + 'lang', code);
      this.relabel();
      this.enqueue({ postback: 'lang:' + code, label: LANGS.find((l) => l[0] === code)[1] });
    }

    // ------------------------------------------------------------ scrolling

    grow() {
      const t = this.input;
      if (!t.getClientRects().length) return;
      t.style.height = 'auto';
      // scrollHeight leaves the border out
      t.style.height = t.scrollHeight + (t.offsetHeight - t.clientHeight) + 'px';
    }

    onScroll() {
      const s = this.scroller;
      // The widget itself only ever scrolls down: going up is the reader's wish to stay there.
      if (s.scrollTop < this.lastTop - 4) this.following = false;
      this.lastTop = s.scrollTop;
      this.atEnd = s.scrollHeight - s.scrollTop - s.clientHeight < 60;
      if (this.atEnd) this.following = true;
      this.jumpBtn.hidden = this.atEnd;
    }

    toEnd() {
      this.scroller.scrollTop = this.scroller.scrollHeight;
      this.onScroll();
    }

    offTop(node) {
      return node.getBoundingClientRect().top <= this.scroller.getBoundingClientRect().top + 12;
    }

    // Follow the conversation without pushing the start of a long answer out of sight: scroll on
    // until the resident's own last message (or the first new one) touches the top.
    follow(anchor) {
      if (!this.following) return;
      const s = this.scroller;
      const end = s.scrollHeight - s.clientHeight;
      let top = end;
      if (anchor && anchor.isConnected) {
        const y = anchor.getBoundingClientRect().top - s.getBoundingClientRect().top + s.scrollTop - 10;
        top = Math.min(end, Math.max(y, 0));
      }
      if (top > s.scrollTop) s.scrollTop = top;
      this.onScroll();
    }

    // ------------------------------------------------------------ sending

    submit() {
      const text = this.input.value.replace(/\s+$/, '');
      if (!text.trim()) {
        this.input.focus();
        return;
      }
      this.input.value = '';
      this.grow();
      this.input.focus();
      this.enqueue({ text });
    }

    askLocation() {
      if (!navigator.geolocation || window.isSecureContext === false) {
        this.notice('locNone');
        return;
      }
      if (this.locating) return;
      this.locating = true;
      this.net.className = 'net';
      this.t(this.net, 'locating');
      const done = () => {
        this.locating = false;
        this.showLine();
      };
      navigator.geolocation.getCurrentPosition(
        (pos) => {
          done();
          // Five decimals are about a metre; more would only be noise about the resident.
          const cut = (x) => Math.round(x * 1e5) / 1e5;
          this.enqueue({ location: { lat: cut(pos.coords.latitude), lng: cut(pos.coords.longitude) } });
        },
        (err) => {
          done();
          this.notice(err.code === 1 ? 'locDenied' : 'locFailed');
        },
        { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
      );
    }

    // Drawn anew at a size that shows enough: quick on a slow line, and what a camera writes into a photo (where, when) stays behind.
    async shrink(file) {
      const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
      const scale = Math.min(1, PHOTO_EDGE / Math.max(picture.width, picture.height));
      const canvas = el('canvas');
      canvas.width = Math.max(1, Math.round(picture.width * scale));
      canvas.height = Math.max(1, Math.round(picture.height * scale));
      const brush = canvas.getContext('2d');
      brush.fillStyle = '#fff';
      brush.fillRect(0, 0, canvas.width, canvas.height);
      brush.drawImage(picture, 0, 0, canvas.width, canvas.height);
      picture.close();
      return new Promise((resolve, reject) => canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('no picture'))), 'image/jpeg', 0.85));
    }

    async sendPhoto(file) {
      if (this.photoBusy) return;
      this.photoBusy = true;
      this.net.className = 'net';
      this.t(this.net, 'photoSending');
      let trouble = 'photoBad';
      try {
        const blob = await this.shrink(file);
        trouble = 'photoFailed';
        const token = await this.session();
        const stop = new AbortController();
        const timer = setTimeout(() => stop.abort(), PHOTO_TIMEOUT_MS);
        try {
          const res = await fetch(this.url + '/files', {
            method: 'POST', credentials: 'omit', cache: 'no-store', signal: stop.signal,
            headers: { 'Content-Type': 'image/jpeg', Authorization: 'Bearer ' + token }, body: blob,
          });
          if (!res.ok) throw new Error(String(res.status));
          this.enqueue({ file: String((await res.json()).file) });
        } finally {
          clearTimeout(timer);
        }
      } catch (e) {
        this.notice(trouble);
      } finally {
        this.photoBusy = false;
        this.showLine();
      }
    }

    // One storage key per message: two tabs never overwrite each other's queue.
    saveItem(item) {
      store.set(this.keyBase + 'out:' + item.id, JSON.stringify(item));
    }

    dropItem(item) {
      store.del(this.keyBase + 'out:' + item.id);
      const i = this.queue.indexOf(item);
      if (i >= 0) this.queue.splice(i, 1);
    }

    loadQueue() {
      for (const key of store.keys(this.keyBase + 'out:')) {
        try {
          const item = JSON.parse(store.get(key));
          if (item && item.id && item.body) this.queue.push(item);
          else store.del(key);
        } catch (e) {
          store.del(key);
        }
      }
      this.queue.sort((a, b) => a.order - b.order);
      for (const item of this.queue) {
        if (!item.state && Date.now() - item.at > HELD_AFTER_MS) item.state = 'held';
        this.showOwn(item);
      }
    }

    enqueue(body, first) {
      const last = this.queue.length ? this.queue[this.queue.length - 1].order : 0;
      const item = { id: uuid(), body, at: Date.now(), order: Math.max(Date.now(), last + 1), state: '' };
      if (first && this.queue.length) {
        item.order = this.queue[0].order - 1;
        this.queue.unshift(item);
      } else this.queue.push(item);
      this.saveItem(item);
      store.set(this.keyBase + 'active', String(Date.now()));
      this.following = true;
      this.showOwn(item, true);
      this.startLine();
      this.flush();
    }

    async flush() {
      if (this.flushing) return;
      this.flushing = true;
      let fails = 0;
      let before = null;
      try {
        while (this.alive) {
          const item = this.queue.find((q) => !q.state);
          if (!item) break;
          if (item !== before) fails = 0;
          before = item;
          this.mark(item, fails ? item.shown || 'failed' : 'sending');
          const result = await this.post(item);
          if (this.queue.indexOf(item) < 0) {
            // The stream brought it back meanwhile: stored, whatever became of the answer.
            continue;
          }
          if (result.ok) {
            this.dropItem(item);
            this.mark(item, 'sent');
          } else if (result.reason != null) {
            item.state = 'rejected';
            item.reason = result.reason;
            this.saveItem(item);
            this.mark(item, 'rejected');
          } else if (result.again) {
            continue;
          } else {
            item.shown = result.busy ? 'busy' : 'failed';
            this.mark(item, item.shown);
            await this.sendNap.sleep(Math.max(backoff(fails++), result.after || 0));
          }
        }
      } finally {
        this.flushing = false;
      }
    }

    async post(item) {
      let token;
      try {
        token = await this.session();
      } catch (e) {
        return { busy: e.busy, after: e.after };
      }
      if (this.queue.find((q) => !q.state) !== item) return { again: true };
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), POST_TIMEOUT_MS);
      try {
        const res = await fetch(this.url + '/messages', {
          method: 'POST',
          credentials: 'omit',
          cache: 'no-store',
          signal: stop.signal,
          headers: { 'Content-Type': 'application/json', Authorization: 'Bearer ' + token },
          body: JSON.stringify(Object.assign({ id: item.id }, item.body)),
        });
        if (res.ok) return { ok: true };
        if (res.status === 401) {
          const known = this.token !== token;
          await this.renew(token);
          // A token that is refused right after it was issued is the server's trouble: wait.
          return known || !this.justRenewed() ? { again: true } : {};
        }
        if (res.status === 429) return { busy: true, after: this.retryAfter(res) };
        if (res.status >= 500 || res.status === 408 || res.status === 425) return {};
        let reason = '';
        try { reason = String((await res.json()).error || ''); } catch (e) { /* no reason given */ }
        return { reason };
      } catch (e) {
        return { busy: e && e.busy };
      } finally {
        clearTimeout(timer);
      }
    }

    retryAfter(res) {
      const s = Number(res.headers.get('Retry-After'));
      return s > 0 ? Math.min(s, 60) * 1000 : 0;
    }

    // ------------------------------------------------------------ session

    session() {
      if (this.token) return Promise.resolve(this.token);
      if (!this.opening) {
        const clear = () => { this.opening = null; };
        this.opening = this.locked(async (waited) => {
          const usable = () => {
            const kept = store.get(this.keyBase + 'token');
            return kept && kept !== this.refused ? kept : null;
          };
          let kept = usable();
          // A lock is passed on at once, but what another tab has written reaches this one a moment later.
          for (let left = HANDED_ON_MS / HANDED_ON_STEP_MS; waited && !kept && left > 0; left--) {
            await new Promise((resolve) => setTimeout(resolve, HANDED_ON_STEP_MS));
            kept = usable();
          }
          if (kept) return this.adopt(kept, false);
          return this.adopt(await this.newToken(), true);
        });
        this.opening.then(clear, clear);
      }
      return this.opening;
    }

    // Two tabs opened at once must share one conversation.
    // `fn` is told whether another tab had the lock first.
    async locked(fn) {
      if (!navigator.locks || !navigator.locks.request) return fn(false);
      const name = this.keyBase + 'session';
      const taken = {};
      const got = await navigator.locks.request(name, { ifAvailable: true }, (lock) => (lock ? fn(false) : taken));
      return got === taken ? navigator.locks.request(name, () => fn(true)) : got;
    }

    async newToken() {
      const stop = new AbortController();
      const timer = setTimeout(() => stop.abort(), POST_TIMEOUT_MS);
      try {
        const res = await fetch(this.url + '/session', {
          method: 'POST', credentials: 'omit', cache: 'no-store', signal: stop.signal,
          headers: { 'Content-Type': 'application/json' }, body: '{}',
        });
        if (!res.ok) {
          const err = new Error('session ' + res.status);
          err.busy = res.status === 429;
          err.after = err.busy ? this.retryAfter(res) : 0;
          throw err;
        }
        const data = await res.json();
        if (!data || typeof data.token !== 'string' || !data.token) throw new Error('session without token');
        // Optional: the city's name, so that one script tag needs no second attribute.
        for (const [field, lang] of [['name', 'ja'], ['name_en', 'en']]) {
          if (typeof data[field] === 'string' && data[field] && !this.names[lang]) {
            this.names[lang] = data[field];
            store.set(this.keyBase + (lang === 'ja' ? 'name' : 'name-en'), data[field]);
          }
        }
        return data.token;
      } finally {
        clearTimeout(timer);
      }
    }

    adopt(token, isNew) {
      const had = !!this.token || !!this.refused;
      this.token = token;
      this.gen++;
      this.lastSeq = 0;
      this.bySeq = new Map();
      // A session made while this page is open has nothing to restore: all of it is new here.
      this.lineSeen = isNew || had;
      if (isNew) {
        store.set(this.keyBase + 'token', token);
        store.del(this.keyBase + 'seen');
        // A new conversation starts in Japanese on the server; tell it what this reader chose.
        if (this.ui !== 'ja' && !this.queue.some((q) => q.body.postback && q.body.postback.indexOf('lang:') === 0)) {
          this.enqueue({ postback: 'lang:' + this.ui, label: LANGS.find((l) => l[0] === this.ui)[1] }, true);
        }
      }
      if (had) {
        this.notice('fresh');
        if (this.abort) this.abort.abort();
        this.lineNap.wake();
      }
      this.relabel();
      return token;
    }

    justRenewed() {
      return this.renewals > 1 && Date.now() - this.renewedAt < 10000;
    }

    async renew(bad) {
      if (this.token !== bad) return;
      this.renewals = Date.now() - (this.renewedAt || 0) < 10000 ? this.renewals + 1 : 1;
      this.renewedAt = Date.now();
      this.refused = bad;
      this.token = null;
      if (store.get(this.keyBase + 'token') === bad) store.del(this.keyBase + 'token');
      await this.session();
    }

    // ------------------------------------------------------------ the stream

    startLine() {
      this.wanted = true;
      if (this.lineOn) return;
      this.lineOn = true;
      this.runLine();
    }

    stopLine() {
      this.lineOn = false;
      if (this.abort) this.abort.abort();
      this.lineNap.wake();
    }

    async runLine() {
      // Only the newest loop may act: a stop and a start in quick succession leave the old one behind.
      const mine = (this.lineLoop = {});
      const current = () => this.lineOn && this.lineLoop === mine && this.alive;
      let fails = 0;
      while (current()) {
        let gotMessage = false;
        let wait = 0;
        const began = performance.now();
        try {
          const token = await this.session();
          if (!current()) break;
          gotMessage = await this.readLine(token, current);
        } catch (e) {
          wait = (e && e.after) || 0;
        }
        this.endHistory();
        if (!current()) break;
        this.setTyping(false);
        if (gotMessage || (this.conn === 'live' && performance.now() - began > 10000)) fails = 0;
        if (fails > 0 || !navigator.onLine) this.setLine('lost');
        else if (this.conn === 'live') this.setLine('connecting');
        await this.lineNap.sleep(Math.max(this.gen !== this.lineGen ? 0 : backoff(fails++), wait));
      }
    }

    async readLine(token, current) {
      const gen = (this.lineGen = this.gen);
      const stop = (this.abort = new AbortController());
      let watchdog = 0;
      let got = false;
      this.heard = performance.now();
      const feed = () => {
        this.heard = performance.now();
        clearTimeout(watchdog);
        watchdog = setTimeout(() => stop.abort(), SILENCE_MS);
      };
      feed();
      try {
        const headers = { Accept: 'text/event-stream', Authorization: 'Bearer ' + token };
        if (this.lastSeq) headers['Last-Event-ID'] = String(this.lastSeq);
        const res = await fetch(this.url + '/events', { headers, credentials: 'omit', cache: 'no-store', signal: stop.signal });
        if (res.status === 401) {
          await this.renew(token);
          if (this.justRenewed()) throw new Error('refused again');
          return false;
        }
        if (!res.ok || !res.body) {
          const err = new Error('events ' + res.status);
          err.after = res.status === 429 ? this.retryAfter(res) : 0;
          throw err;
        }
        this.setLine('live');
        // Whatever waits to be sent has a network again.
        this.sendNap.wake();
        if (!this.lineSeen) this.beginHistory();
        this.lineSeen = true;
        const parser = new SseParser((event, data) => {
          if (!current() || gen !== this.gen) return;
          if (event === 'typing') this.setTyping(true);
          else if (event === 'ready') this.endHistory();
          else if (event === 'message') {
            let m = null;
            try { m = JSON.parse(data); } catch (e) { return; }
            if (m && typeof m === 'object') {
              got = true;
              this.receive(m);
            }
          }
        });
        const reader = res.body.getReader();
        const decoder = new TextDecoder();
        for (;;) {
          const { done, value } = await reader.read();
          if (done) return got;
          feed();
          parser.push(decoder.decode(value, { stream: true }));
        }
      } catch (e) {
        if (got) return true;
        throw e;
      } finally {
        clearTimeout(watchdog);
        if (this.abort === stop) this.abort = null;
      }
    }

    setLine(conn) {
      this.conn = conn;
      this.panel.dataset.conn = conn;
      this.showLine();
    }

    showLine() {
      if (this.locating) return;
      const lost = this.conn === 'lost';
      const key = lost ? 'lost' : '';
      if ((this.net.dataset.t || '') === key) return;
      this.net.className = lost ? 'net' : '';
      if (lost) this.t(this.net, 'lost');
      else {
        delete this.net.dataset.t;
        this.net.textContent = '';
      }
    }

    setTyping(on) {
      if (this.typing.hidden === !on) return;
      this.typing.hidden = !on;
      if (on) {
        this.speak('typing');
        this.follow(this.anchor);
      }
    }

    speak(key, extra) {
      this.say.textContent = this.word(key) + (extra ? ' ' + extra : '');
    }

    // ------------------------------------------------------------ history

    beginHistory() {
      this.restoring = true;
      this.historyTick();
    }

    historyTick() {
      clearTimeout(this.historyTimer);
      this.historyTimer = setTimeout(() => this.endHistory(), HISTORY_GAP_MS);
    }

    endHistory() {
      if (!this.restoring) return;
      this.restoring = false;
      clearTimeout(this.historyTimer);
      this.toEnd();
      this.following = true;
      const seen = Number(store.get(this.keyBase + 'seen') || 0);
      if (this.isOpen) this.markSeen();
      else {
        this.unread = 0;
        this.bySeq.forEach((node, seq) => {
          if (seq > seen && node && !node.classList.contains('mine')) this.unread++;
        });
        this.showUnread();
      }
    }

    markSeen() {
      this.unread = 0;
      if (this.lastSeq && !document.hidden) store.set(this.keyBase + 'seen', String(this.lastSeq));
      this.showUnread();
    }

    showUnread() {
      this.badge.hidden = !this.unread;
      this.badge.textContent = this.unread ? this.word('unread', { n: this.unread }) : '';
    }

    // ------------------------------------------------------------ receiving

    receive(m) {
      const seq = Number(m.seq);
      if (!(seq > 0) || this.bySeq.has(seq)) return;
      this.lastSeq = Math.max(this.lastSeq, seq);
      this.bySeq.set(seq, null);
      store.set(this.keyBase + 'active', String(Date.now()));
      if (m.from === 'resident') this.receiveOwn(m, seq);
      else if (m.id != null && this.byId.has(this.gen + ':' + m.id)) return;
      else {
        if (m.id != null) this.byId.set(this.gen + ':' + m.id, null);
        this.setTyping(false);
        if (this.restoring) this.showAll(m, seq);
        else {
          this.waiting.push([m, seq, this.gen]);
          this.pump();
        }
      }
      if (this.restoring) {
        this.historyTick();
        this.scroller.scrollTop = this.scroller.scrollHeight;
      }
      if (this.isOpen) this.markSeen();
    }

    receiveOwn(m, seq) {
      const item = this.queue.find((q) => q.id === m.id);
      if (item) {
        this.dropItem(item);
        // A message in back-off turned out to be stored: the ones behind it need not wait.
        if (item.shown) this.sendNap.wake();
      }
      let node = this.byId.get(m.id);
      if (!node) node = this.ownNode(m.id, m.text, m.at, m.lang, null);
      node.querySelector('time').dateTime = m.at || '';
      node.querySelector('time').textContent = this.clock(m.at);
      this.setState(node, 'sent');
      this.place(node, seq, this.restoring ? this.past : this.log);
      this.bySeq.set(seq, node);
    }

    // Keeps the log in the server's order. A message still being sent stays at the end until its
    // number is known; nodes are moved only when they stand in the wrong place, since moving one
    // would have it read aloud again.
    place(node, seq, box) {
      node.seq = seq;
      node.gen = this.gen;
      const same = (n) => n.gen === this.gen && n.seq;
      if (node.parentNode === box) {
        let ok = true;
        for (let n = node.nextElementSibling; n; n = n.nextElementSibling) if (same(n) && n.seq < seq) ok = false;
        for (let n = node.previousElementSibling; n; n = n.previousElementSibling) if (same(n) && n.seq > seq) ok = false;
        if (ok) return;
      }
      node.remove();
      let after = box.lastElementChild;
      while (after && same(after) && after.seq > seq) after = after.previousElementSibling;
      if (after) after.after(node);
      else box.prepend(node);
    }

    botNode(m) {
      const staff = m.from === 'staff';
      const node = el('div', 'msg ' + (staff ? 'staff' : 'bot'));
      const meta = el('div', 'meta');
      meta.append(this.t(el('span', 'who'), staff ? 'staff' : 'bot'), this.time(m.at));
      node.append(meta);
      return node;
    }

    time(at) {
      const t = el('time', '', this.clock(at));
      t.dateTime = at || '';
      return t;
    }

    partsOf(m) {
      if (Array.isArray(m.parts)) return m.parts.filter((p) => p && typeof p === 'object');
      return [{ type: 'text', text: m.text || '' }];
    }

    showAll(m, seq) {
      const node = this.botNode(m);
      for (const p of this.partsOf(m)) node.append(this.renderPart(p, m));
      this.place(node, seq, this.past);
      this.bySeq.set(seq, node);
    }

    // One message at a time, its parts one after another: long answers can be read as they come.
    async pump() {
      if (this.pumping) return;
      this.pumping = true;
      while (this.waiting.length) {
        const [m, seq, gen] = this.waiting.shift();
        if (gen !== this.gen) continue;
        const node = this.botNode(m);
        node.classList.add('new');
        const parts = this.partsOf(m);
        // The first part enters the page together with its sender, so both are read as one.
        if (parts.length) node.append(this.renderPart(parts[0], m));
        if (!this.isOpen) {
          this.unread++;
          this.showUnread();
        }
        // Someone reading at the end goes on with the newest message once their own has left the top.
        if (!this.anchor || !this.anchor.isConnected || (this.atEnd && this.offTop(this.anchor))) this.anchor = node;
        this.place(node, seq, this.log);
        this.bySeq.set(seq, node);
        this.follow(this.anchor);
        for (const p of parts.slice(1)) {
          if (!reduced() && !document.hidden) await new Promise((r) => setTimeout(r, PART_GAP_MS));
          const box = this.renderPart(p, m);
          box.classList.add('new');
          node.append(box);
          this.follow(this.anchor);
        }
      }
      this.pumping = false;
    }

    notice(key) {
      const n = this.t(el('div', 'notice'), key);
      this.log.append(n);
      this.following = true;
      this.follow(null);
    }

    // ------------------------------------------------------------ own messages

    ownText(item) {
      const b = item.body;
      return b.text != null ? b.text : b.label != null ? b.label : '';
    }

    ownNode(id, text, at, lang, body) {
      const node = el('div', 'msg mine');
      const meta = el('div', 'meta');
      meta.append(this.t(el('span', 'who'), 'you'), this.time(at));
      const bubble = el('div', 'bubble part');
      const p = el('p', 'text', text);
      if (body && body.location) this.t(p, 'locLabel');
      else if (body && body.file) this.t(p, 'photoLabel');
      else {
        const l = (lang && htmlLang(lang)) || guessLang(String(text || ''), this.ui);
        if (l) p.lang = l;
      }
      bubble.append(p);
      const state = el('div', 'state');
      // Its changes are spoken through the status line when they matter.
      state.setAttribute('aria-live', 'off');
      node.append(meta, bubble, state);
      this.byId.set(id, node);
      return node;
    }

    showOwn(item, isNew) {
      const node = this.ownNode(item.id, this.ownText(item), new Date(item.at).toISOString(), '', item.body);
      if (isNew) {
        node.classList.add('new');
        this.anchor = node;
      }
      this.log.append(node);
      this.mark(item, item.state || 'sending');
      this.follow(null);
    }

    mark(item, state) {
      const node = this.byId.get(item.id);
      if (node) this.setState(node, state, item);
    }

    setState(node, state, item) {
      if (node.dataset.state === state) return;
      node.dataset.state = state;
      const box = node.querySelector('.state');
      const held = this.shadowRoot.activeElement && box.contains(this.shadowRoot.activeElement);
      box.textContent = '';
      const bad = state === 'failed' || state === 'rejected' || state === 'held' || state === 'busy';
      box.className = 'state' + (bad ? ' bad' : '');
      const words = this.t(el('span'), state);
      box.append(words);
      const act = (key, fn) => {
        const b = this.t(el('button', 'btn small'), key);
        b.type = 'button';
        b.addEventListener('click', fn);
        box.append(b);
      };
      if (state === 'failed' || state === 'held' || state === 'busy') {
        act('retry', () => {
          item.state = '';
          item.shown = '';
          this.saveItem(item);
          this.mark(item, 'sending');
          this.sendNap.wake();
          this.lineNap.wake();
          this.flush();
        });
      }
      if (state === 'rejected' || state === 'held') {
        if (state === 'rejected' && item.reason) {
          const why = el('span', '', item.reason);
          const l = guessLang(item.reason, this.ui);
          if (l) why.lang = l;
          box.append(why);
        }
        if (item.body.text != null) {
          act('rewrite', () => {
            this.input.value = item.body.text + (this.input.value ? '\n' + this.input.value : '');
            this.discard(item, node);
          });
        }
        act('discard', () => this.discard(item, node));
      }
      if (bad) this.speak(state, item && item.reason);
      // Not the text area: on a phone that would bring up the keyboard.
      if (held) (box.querySelector('button') || this.scroller).focus({ preventScroll: true });
      this.follow(this.anchor);
    }

    discard(item, node) {
      this.dropItem(item);
      this.byId.delete(item.id);
      node.remove();
      this.input.focus();
      this.grow();
    }

    // ------------------------------------------------------------ parts

    renderPart(p, m) {
      const build = {
        text: () => this.bubble(p),
        choices: () => this.partChoices(p),
        cards: () => this.partCards(p),
        place: () => this.partPlace(p),
        date: () => this.partDate(p),
        image: () => this.partImage(p),
        link: () => this.partLink(p),
        handoff: () => this.partHandoff(p),
      };
      // A part this version does not know still shows its words.
      const kind = Object.prototype.hasOwnProperty.call(build, p.type) ? p.type : 'text';
      const box = build[kind]();
      box.classList.add('part');
      box.dataset.part = kind;
      const lang = m.lang ? htmlLang(m.lang) : '';
      if (lang) {
        box.lang = lang;
        for (const n of box.querySelectorAll('[data-guess]')) n.removeAttribute('lang');
      }
      return box;
    }

    // Text of the server, with its language where the letters tell it.
    words(node, text) {
      const s = text == null ? '' : String(text);
      node.textContent = s;
      const l = guessLang(s, this.ui);
      if (l) {
        node.lang = l;
        node.dataset.guess = '';
      }
      return node;
    }

    paragraph(text) {
      const p = this.words(el('p', 'text'), text);
      // Addresses of pages inside a text become links; everything around them stays a text node.
      const s = p.textContent;
      const found = /https?:\/\/[^\s<>"'、。，）)」』】>]+/g;
      if (found.test(s)) {
        found.lastIndex = 0;
        p.textContent = '';
        let from = 0;
        for (let m = found.exec(s); m; m = found.exec(s)) {
          const href = safeUrl(m[0]);
          if (!href) continue;
          p.append(s.slice(from, m.index), this.anchorTo(href, m[0]));
          from = m.index + m[0].length;
        }
        p.append(s.slice(from));
      }
      return p;
    }

    bubble(p) {
      const box = el('div', 'bubble');
      box.append(this.paragraph(p.text || (p.type === 'text' || !p.type ? '' : this.word('unknown'))));
      return box;
    }

    anchorTo(href, text, cls, iconName) {
      const a = el('a', cls || '');
      a.href = href;
      a.append(this.words(el('span'), text));
      if (/^https?:/.test(href)) {
        a.target = '_blank';
        a.rel = 'noopener noreferrer';
        a.append(this.t(el('span', 'sr'), 'newTab'));
        if (cls) a.append(icon(iconName || 'out'));
      }
      return a;
    }

    // A button that answers with a postback. The last pick stays marked; a second tap within a
    // moment is a shaking hand, not a second wish.
    choice(c) {
      const b = el('button', 'btn');
      b.type = 'button';
      b.append(this.words(el('span'), c.label));
      let last = -Infinity;
      b.addEventListener('click', () => {
        if (performance.now() - last < 700) return;
        last = performance.now();
        const group = b.closest('.btns');
        for (const other of group ? group.querySelectorAll('.picked') : []) {
          other.classList.remove('picked');
          const mark = other.querySelector('.mark');
          if (mark) mark.remove();
        }
        b.classList.add('picked');
        const mark = el('span', 'mark');
        const tick = el('span', '', '✓');
        tick.setAttribute('aria-hidden', 'true');
        mark.append(tick, this.t(el('span', 'sr'), 'chosen'));
        b.append(mark);
        this.enqueue({ postback: String(c.value), label: String(c.label == null ? '' : c.label) });
      });
      return b;
    }

    buttons(list) {
      const ul = el('ul', 'btns');
      for (const c of Array.isArray(list) ? list : []) {
        if (!c || c.label == null) continue;
        const li = el('li');
        const href = c.url != null ? safeUrl(c.url) : '';
        if (href) li.append(this.anchorTo(href, c.label, 'btn'));
        else if (c.value != null) li.append(this.choice(c));
        else continue;
        ul.append(li);
      }
      return ul;
    }

    partChoices(p) {
      const box = el('div');
      if (p.text) {
        const b = el('div', 'bubble');
        b.append(this.paragraph(p.text));
        box.append(b);
      }
      box.append(this.buttons(p.choices));
      return box;
    }

    mapUrl(lat, lng) {
      if (lat == null || lng == null || !isFinite(lat) || !isFinite(lng)) return '';
      const tpl = this.getAttribute('map') || MAP_URL;
      return safeUrl(tpl.replace('{lat}', Number(lat)).replace('{lng}', Number(lng)));
    }

    mapLink(href) {
      const a = el('a', 'btn');
      a.href = href;
      a.target = '_blank';
      a.rel = 'noopener noreferrer';
      a.append(icon('map'), this.t(el('span'), 'map'), this.t(el('span', 'sr'), 'newTab'));
      return a;
    }

    partCards(p) {
      const box = el('div', 'wide');
      if (p.text) {
        const b = el('div', 'bubble');
        b.append(this.paragraph(p.text));
        box.append(b);
      }
      const ul = el('ul', 'cards');
      for (const c of Array.isArray(p.cards) ? p.cards : []) {
        if (!c || typeof c !== 'object') continue;
        const li = el('li', 'card');
        li.append(this.words(el('p', 'name'), c.title));
        if (c.subtitle) li.append(this.words(el('p', 'under'), c.subtitle));
        for (const line of Array.isArray(c.lines) ? c.lines : []) {
          const row = this.paragraph(line);
          row.className = 'line';
          li.append(row);
        }
        const acts = this.buttons(c.actions);
        if (c.place && typeof c.place === 'object') {
          if (c.place.address) li.append(this.words(el('p', 'under'), c.place.address));
          const href = this.mapUrl(c.place.lat, c.place.lng);
          if (href) {
            const item = el('li');
            item.append(this.mapLink(href));
            acts.append(item);
          }
        }
        if (acts.firstChild) li.append(acts);
        ul.append(li);
      }
      box.append(ul);
      return box;
    }

    partPlace(p) {
      const box = el('div', 'card wide');
      box.append(this.words(el('p', 'name'), p.text));
      if (p.address) box.append(this.words(el('p', 'under'), p.address));
      const href = (p.url && safeUrl(p.url, ['https:', 'http:'])) || this.mapUrl(p.lat, p.lng);
      if (href) {
        const row = el('div', 'btns');
        row.append(this.mapLink(href));
        box.append(row);
      }
      return box;
    }

    partLink(p) {
      const box = el('div', 'bubble');
      if (p.text) box.append(this.paragraph(p.text));
      const href = safeUrl(p.url);
      if (href) {
        const row = el('div', 'btns');
        row.append(this.anchorTo(href, p.label || p.url, 'btn'));
        box.append(row);
      } else if (p.label) box.append(this.paragraph(p.label));
      return box;
    }

    partImage(p) {
      const box = el('div', 'bubble');
      const href = safeUrl(p.url, ['https:', 'http:']);
      if (href) {
        const img = el('img');
        img.alt = p.text == null ? '' : String(p.text);
        img.decoding = 'async';
        img.referrerPolicy = 'no-referrer';
        img.addEventListener('load', () => this.follow(this.anchor));
        // Blocked or gone: the words below and the link remain.
        img.addEventListener('error', () => img.remove());
        img.src = href;
        box.append(img);
        const link = this.anchorTo(href, '', 'btn');
        this.t(link.firstChild, 'image');
        const row = el('div', 'btns');
        row.append(link);
        if (p.text) {
          const cap = this.paragraph(p.text);
          // The picture already speaks these words.
          cap.setAttribute('aria-hidden', 'true');
          img.addEventListener('error', () => cap.removeAttribute('aria-hidden'));
          box.append(cap);
        }
        box.append(row);
      } else box.append(this.paragraph(p.text));
      return box;
    }

    partHandoff(p) {
      const box = el('div', 'card wide');
      if (p.text) box.append(this.paragraph(p.text));
      const dl = el('dl');
      const row = (key, node) => {
        const div = el('div', 'row');
        const dd = el('dd');
        dd.append(node);
        div.append(this.t(el('dt'), key), dd);
        dl.append(div);
      };
      if (p.desk) row('desk', this.words(el('span', 'desk'), p.desk));
      if (p.hours) row('hours', this.words(el('span'), p.hours));
      if (p.phone) {
        const href = telUrl(p.phone);
        if (href) {
          const a = el('a', 'tel', p.phone);
          a.href = href;
          row('phone', a);
        } else row('phone', el('span', '', p.phone));
      }
      box.append(dl);
      return box;
    }

    partDate(p) {
      const box = el('div', 'bubble');
      if (p.text) box.append(this.paragraph(p.text));
      const mode = p.mode === 'time' || p.mode === 'datetime' ? p.mode : 'date';
      const form = el('form', 'when');
      form.noValidate = true; // the widget shows its own message, in the chosen language
      const label = el('label');
      const input = el('input');
      input.type = mode === 'datetime' ? 'datetime-local' : mode;
      input.required = true;
      if (p.min) input.min = String(p.min);
      if (p.max) input.max = String(p.max);
      label.append(this.t(el('span'), mode), input);
      const send = this.t(el('button', 'btn main'), 'send');
      send.type = 'submit';
      const why = el('p', 'why');
      why.id = 'why-' + uuid();
      why.hidden = true;
      why.setAttribute('role', 'alert');
      form.append(label, send, why);
      form.addEventListener('submit', (e) => {
        e.preventDefault();
        const ok = input.value && input.checkValidity();
        why.hidden = !!ok;
        if (!ok) {
          this.t(why, 'dateBad');
          input.setAttribute('aria-invalid', 'true');
          input.setAttribute('aria-describedby', why.id);
          input.focus();
          return;
        }
        input.removeAttribute('aria-invalid');
        input.removeAttribute('aria-describedby');
        // With a prefix the asker wants the answer as a postback of its own; without one it is
        // what the resident would have typed.
        if (p.value) this.enqueue({ postback: String(p.value) + input.value, label: input.value.replace('T', ' ') });
        else this.enqueue({ text: input.value });
      });
      box.append(form);
      return box;
    }
  }

  customElements.define('madoguchi-chat', MadoguchiChat);

  // ---------------------------------------------------------------- one script tag

  const city = script && script.getAttribute('data-city');
  if (city) {
    const start = () => {
      if (document.querySelector('madoguchi-chat')) return;
      const chat = document.createElement('madoguchi-chat');
      chat.setAttribute('city', city);
      const pass = { 'data-city-name': 'name', 'data-city-name-en': 'name-en', 'data-lang': 'ui-lang', 'data-map': 'map' };
      for (const from in pass) if (script.getAttribute(from)) chat.setAttribute(pass[from], script.getAttribute(from));
      document.body.append(chat);
    };
    if (document.body && document.readyState !== 'loading') start();
    else document.addEventListener('DOMContentLoaded', start);
  }
})();
