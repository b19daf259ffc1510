//! The keys, and the sound and notices of this browser.

use crate::{door::Me, page};
use axum::response::Html;
use maud::{Markup, html};

const KEYS: [(&str, &str); 9] = [
    ("j / k", "次・前の会話"),
    ("/", "検索"),
    ("r", "返信を書く"),
    ("n", "メモを書く"),
    ("t", "担当になる"),
    ("g", "一覧に戻る"),
    ("Ctrl+Enter", "返信を送る"),
    ("Esc", "入力欄から出る"),
    ("?", "この一覧"),
];

pub fn list() -> Markup {
    html! { dl.keys { @for (key, what) in KEYS { div { dt { kbd { (key) } } dd { (what) } } } } }
}

pub async fn page(me: Me) -> Html<String> {
    page::of(&me, page::Room::Own, "キーと通知", &html! {
        main.sheet.thin {
            h1 { "キーと通知" }
            section.box { h2 { "キーボード" } p.small { "文字を入力しているときは働きません。" } (list()) }
            section.box { h2 { "新しい会話の知らせ（このブラウザーだけの設定）" }
                p { label.check { input type="checkbox" #sound; "音を鳴らす" } }
                p { label.check { input type="checkbox" #notices; "画面を見ていないときに通知を出す" } }
                p.row { button type="button" #try { "試す" } span.small #notice-state role="status" {} }
            }
        }
    })
}
