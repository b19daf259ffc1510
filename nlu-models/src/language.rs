//! Which language an utterance is in, by script and function words: short texts give a trained model too little.

use model::Lang;

/// The language of `text`; Japanese when nothing speaks for another.
#[must_use]
pub fn language(text: &str) -> Lang {
    let folded: Vec<char> = normalise::fold(&text.chars().take(400).collect::<String>()).to_lowercase().chars().collect();
    let counts = Counts::of(&folded);
    if counts.hangul > 0 && counts.hangul >= counts.kana {
        return Lang::Ko;
    }
    if counts.kana > 0 {
        // A Chinese sentence that quotes a Japanese word in kana stays Chinese.
        if counts.chinese >= 2 && counts.han > 3 * counts.kana {
            return Lang::Zh;
        }
        if counts.kana + counts.han < 3 && counts.latin > 12 {
            return latin(&folded);
        }
        return if spaced_kana(&folded, &counts) { Lang::JaEasy } else { Lang::Ja };
    }
    if counts.han > 0 {
        return if chinese(&folded, &counts) { Lang::Zh } else { Lang::Ja };
    }
    if counts.latin > 0 { latin(&folded) } else { Lang::Ja }
}

#[derive(Default)]
struct Counts {
    kana: usize,
    han: usize,
    hangul: usize,
    latin: usize,
    /// Characters that Chinese uses all the time and Japanese hardly ever.
    chinese: usize,
}

impl Counts {
    fn of(text: &[char]) -> Counts {
        let mut counts = Counts::default();
        for &c in text {
            match c {
                '\u{3041}'..='\u{309f}' | '\u{30a1}'..='\u{30fa}' => counts.kana += 1,
                '\u{ac00}'..='\u{d7a3}' | '\u{1100}'..='\u{11ff}' | '\u{3130}'..='\u{318f}' => counts.hangul += 1,
                '\u{3400}'..='\u{9fff}' => counts.han += 1,
                c if c.is_alphabetic() => counts.latin += 1,
                _ => {}
            }
            if CHINESE.contains(c) {
                counts.chinese += 1;
            }
        }
        counts
    }
}

/// Function words and simplified or traditional forms that Japanese writing does not use.
const CHINESE: &str = "我你您们們她这這吗嗎呢吧啊哪么麼怎谁誰给給请請说說话話谢謝对對没沒还還让讓从從为為是的了\
    个個会會时時间間问問题題电電话車车门門开開关關买買卖賣办辦证證护護医醫药藥垃圾区區场場号號钱錢岁歲孩\
    书書馆館几幾边邊线線换換预預约約应應该該发發现現难難听聽讲講哦嘛啦很把被跟和都也就要想找去哪儿";
/// Among them, those that Japanese text uses as well: they do not count as a sign of Chinese.
const SHARED: &str = "対是的了会時間問題電話車門開関買売弁護医薬区場号銭歳書館幾辺線換預約発現難聞講被和都也要想去従為誰請説謝個該応";

fn chinese(text: &[char], counts: &Counts) -> bool {
    let telling = text.iter().filter(|&&c| CHINESE.contains(c) && !SHARED.contains(c)).count();
    let particle = text.iter().any(|&c| "的了是吗嗎呢吧我你您不没沒".contains(c));
    telling >= 2 || (telling >= 1 && (particle || counts.han <= 12)) || (particle && counts.han >= 4 && !ends_like_japanese(text))
}

/// A run of kanji without kana is a headline in Japanese: 住民票交付申請, 不在者投票.
fn ends_like_japanese(text: &[char]) -> bool {
    !text.iter().any(|&c| "的了我你您".contains(c))
}

/// Kana words with blanks between them, as learners write: at least two blanks, hardly any kanji, short words.
fn spaced_kana(text: &[char], counts: &Counts) -> bool {
    let words: Vec<usize> = text
        .split(|&c| c == ' ' || matches!(c, '。' | '、' | '?' | '!'))
        .filter(|word| !word.is_empty())
        .map(<[char]>::len)
        .collect();
    let blanks = text
        .windows(3)
        .filter(|w| w[1] == ' ' && is_japanese(w[0]) && is_japanese(w[2]))
        .count();
    blanks >= 2 && counts.han * 5 <= counts.kana && words.iter().all(|&length| length <= 12)
}

fn is_japanese(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '。' | '、')
}

/// Vietnamese by its letters and tone marks; everything else in Latin letters is answered in English.
fn latin(text: &[char]) -> Lang {
    let marked = text
        .iter()
        .filter(|&&c| matches!(c, 'ă' | 'â' | 'đ' | 'ê' | 'ô' | 'ơ' | 'ư' | '\u{1ea0}'..='\u{1ef9}' | 'ũ' | 'ĩ'))
        .count();
    if marked > 0 {
        return Lang::Vi;
    }
    const BARE: [&str; 26] = [
        "toi", "khong", "cho", "cua", "la", "muon", "duoc", "nha", "rac", "ngay", "cam", "on", "xin", "chao", "vang", "da",
        "ban", "nay", "gio", "nao", "dau", "hoi", "lam", "giup", "mai", "con",
    ];
    let text: String = text.iter().collect();
    let words: Vec<&str> = text.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).collect();
    let bare = words.iter().filter(|word| BARE.contains(word)).count();
    // Toneless typing, as on a keyboard without Vietnamese: at least two such words and a third of them all.
    let accents = words.iter().any(|w| w.chars().any(|c| matches!(c, 'à' | 'á' | 'ã' | 'è' | 'é' | 'ì' | 'í' | 'ò' | 'ó' | 'õ' | 'ù' | 'ú' | 'ý')));
    if (bare >= 2 && bare * 3 >= words.len()) || (accents && bare >= 1) { Lang::Vi } else { Lang::En }
}
