//! What is said about the conversation itself: cancel, back, repeat, a person, the menu, the language.

use crate::{Need, step::Turn};
use model::{Choice, Lang, Part, Postback, Say, Understanding};
use std::collections::BTreeMap;

/// From here on an intent is acted upon.
pub(crate) const ACCEPT: f32 = 0.5;
/// From here on it is acted upon even though something else was being talked about.
pub(crate) const SURE: f32 = 0.75;
/// Below this an intent is not even offered as a guess.
pub(crate) const GUESS: f32 = 0.12;

impl Turn<'_> {
    /// Acts on an utterance about the conversation. `Ok(false)`: it was none.
    pub(crate) fn control(&mut self, understanding: &Understanding, text: &str) -> Result<bool, Need> {
        if understanding.confidence() < ACCEPT {
            return Ok(false);
        }
        match understanding.intent() {
            "control.human" => {
                let person = self.catalogue.person().to_owned();
                self.begin(&person, understanding, text, BTreeMap::new())?;
            }
            "control.menu" => self.menu(),
            "control.cancel" => self.cancel()?,
            "control.back" => self.back()?,
            "control.repeat" => self.repeat()?,
            "control.slower" => {
                if self.state.lang().reads_japanese() {
                    self.state.chosen_lang = Some(Lang::JaEasy);
                }
                self.text("slower");
                self.repeat()?;
            }
            "control.wait" => self.text("wait"),
            "control.language" => self.language(text)?,
            "smalltalk.greet" => {
                self.text("greet");
                self.reprompt_or_menu()?;
            }
            "smalltalk.thanks" => {
                self.text("thanks-reply");
                self.reprompt()?;
            }
            "smalltalk.complaint" => self.complaint()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    pub(crate) fn menu(&mut self) {
        let mut choices: Vec<_> = self
            .catalogue
            .menu()
            .into_iter()
            .map(|form| Choice::new(Say::dynamic(form.text("title")), Postback::begin(&form.id)))
            .collect();
        choices.push(human_choice());
        self.say.push(Part::Choices { text: Say::key("menu"), choices });
    }

    pub(crate) fn cancel(&mut self) -> Result<(), Need> {
        match self.state.stack.pop() {
            Some(frame) => {
                let title = self.title(&frame.form);
                self.say.push(Part::text(Say::key("cancelled").with("what", title)));
                self.form = Some(frame.form);
                if self.state.stack.is_empty() {
                    self.what_else();
                    Ok(())
                } else {
                    self.resume()
                }
            }
            None => {
                self.text("nothing-to-cancel");
                self.menu();
                Ok(())
            }
        }
    }

    fn repeat(&mut self) -> Result<(), Need> {
        if self.state.said.is_empty() {
            return self.reprompt_or_menu();
        }
        let said = self.state.said.clone();
        self.say.extend(said);
        Ok(())
    }

    pub(crate) fn set_lang(&mut self, lang: Lang) -> Result<(), Need> {
        self.state.chosen_lang = Some(lang);
        self.text("language-set");
        self.reprompt_or_menu()
    }

    fn language(&mut self, text: &str) -> Result<(), Need> {
        if let Some(lang) = named_language(text) {
            return self.set_lang(lang);
        }
        let choices = Lang::ALL
            .into_iter()
            .map(|lang| Choice::new(Say::plain(lang.endonym()), Postback::Lang(lang.as_str().to_owned())))
            .collect();
        self.say.push(Part::Choices { text: Say::key("language-which"), choices });
        Ok(())
    }

    fn complaint(&mut self) -> Result<(), Need> {
        self.alerts.push(crate::Alert::Complaint);
        let mut choices: Vec<_> = self.state.last.take().map(|last| last.alternatives).unwrap_or_default();
        choices.truncate(3);
        choices.push(human_choice());
        choices.push(Choice::new(Say::key("menu-label"), "menu"));
        self.say.push(Part::Choices { text: Say::key("complaint"), choices });
        Ok(())
    }

    /// What a form is called.
    pub(crate) fn title(&self, form: &str) -> Say {
        self.catalogue.form(form).map_or_else(|| Say::plain(form), |form| Say::dynamic(form.text("title")))
    }

    pub(crate) fn what_else(&mut self) {
        let choices = vec![Choice::new(Say::key("menu-label"), "menu"), human_choice()];
        self.say.push(Part::Choices { text: Say::key("what-else"), choices });
    }
}

pub(crate) fn human_choice() -> Choice {
    Choice::new(Say::key("human-label"), "human")
}

pub(crate) fn cancel_choice() -> Choice {
    Choice::new(Say::key("cancel-label"), "cancel")
}

/// Whether words name a language, or speak of languages.
pub(crate) fn speaks_of_language(text: &str) -> bool {
    named_language(text).is_some() || ["言葉", "ことば", "言語", "language", "语言", "언어", "ngôn ngữ"].iter().any(|word| text.to_lowercase().contains(word))
}

/// A language named in any of the languages.
fn named_language(text: &str) -> Option<Lang> {
    const NAMES: [(Lang, &[&str]); 6] = [
        (Lang::JaEasy, &["やさしい", "易しい", "ひらがな", "かんたん", "簡単な日本", "easy japanese", "simple japanese"]),
        (Lang::En, &["英語", "english", "えいご", "イングリッシュ", "tiếng anh", "영어", "英文"]),
        (Lang::Zh, &["中国", "chinese", "中文", "汉语", "ちゅうごく", "tiếng trung", "중국"]),
        (Lang::Ko, &["韓国", "korean", "한국", "かんこく", "ハングル", "tiếng hàn", "韩"]),
        (Lang::Vi, &["ベトナム", "ヴェトナム", "vietnam", "việt", "べとなむ", "베트남", "越南"]),
        (Lang::Ja, &["日本語", "japanese", "にほんご", "일본", "日语", "tiếng nhật"]),
    ];
    let text = text.to_lowercase();
    NAMES.into_iter().find(|(_, names)| names.iter().any(|name| text.contains(name))).map(|(lang, _)| lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_known_by_all_their_names() {
        assert_eq!(named_language("English please"), Some(Lang::En));
        assert_eq!(named_language("やさしい日本語で"), Some(Lang::JaEasy));
        assert_eq!(named_language("日本語に戻して"), Some(Lang::Ja));
        assert_eq!(named_language("Tiếng Việt"), Some(Lang::Vi));
        assert_eq!(named_language("ほかの言葉"), None);
    }
}
