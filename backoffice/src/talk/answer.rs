//! Where staff write: to the resident, and among themselves.

use super::{Talk, person::Other};
use crate::{Office, door::Me, page, show};
use maud::{Markup, html};

pub struct Tools {
    pub canned: Vec<(String, String)>,
    pub forms: Vec<(String, String)>,
    pub others: Vec<Other>,
}

/// Another channel of the same human that a message reaches.
fn open_one(others: &[Other]) -> Option<&Other> {
    others.iter().find(|other| !other.blocked)
}

pub fn answer(office: &Office, me: &Me, talk: &Talk, base: &str, tools: &Tools) -> Markup {
    if talk.blocked {
        return html! { div.answer {
            p.problem role="alert" { "この方は公式アカウントをブロックしています。返信は届きません。"
                @if let Some(other) = open_one(&tools.others) { a href={ "/backoffice/" (me.id()) "/talks/" (other.conversation_id) } { (show::channel(&other.channel)) "の会話で返信する" } }
                @else { "折り返しの電話番号があれば右の欄に出ます。" }
            }
            (note_form(me, base))
        } };
    }
    html! {
        div.answer {
            form.reply #reply method="post" action={ (base) "/reply" } enctype="multipart/form-data" {
                (page::token(me))
                input type="hidden" name="seen" value=(talk.replies);
                input type="hidden" name="form" value=(office.db.uuid());
                label.hidden for="text" { "住民への返信" }
                textarea #text name="text" rows="3" maxlength="2000" required placeholder={ "住民への返信（" (show::language(&talk.lang)) "で話しています）" } {}
                details.more {
                    summary { "選択肢・手続き・ファイルを付ける" }
                    div.row { @for n in 1..=4 { input name="choice" maxlength="20" aria-label={ "選択肢" (n) } placeholder={ "選択肢" (n) }; } }
                    div.row {
                        label { "手続き" select name="offer" { option value="" { "付けない" } @for (id, title) in &tools.forms { option value=(id) { (title) } } } }
                        label { "ファイル（10MBまで）" input type="file" name="file" accept=".pdf,.png,.jpg,.jpeg,.gif,.webp,.docx,.xlsx,.csv,.txt"; }
                    }
                    p.small { "手続きを始めると、自動応答に戻ります。ファイルは14日間だけ開けるリンクになります。" }
                }
                div.row {
                    select #canned aria-label="定型文を入れる" { option value="" { "定型文…" } @for (title, text) in &tools.canned { option value=(text) { (title) } } }
                    span.grow {}
                    button.main type="submit" { "返信する" kbd { "Ctrl+Enter" } }
                }
            }
            (note_form(me, base))
        }
    }
}

fn note_form(me: &Me, base: &str) -> Markup {
    html! {
        form.noteform #noteform method="post" action={ (base) "/note" } {
            (page::token(me))
            label.hidden for="note" { "メモ" }
            input #note name="text" maxlength="2000" required placeholder="職員どうしのメモ（住民には見えません）" autocomplete="off";
            button type="submit" { "メモを残す" }
        }
    }
}
