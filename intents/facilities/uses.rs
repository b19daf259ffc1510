//! What rooms are used for, in the words of those who want one.

/// Id and words, folded. Their labels are the texts `facility-use-<id>`.
pub const USES: [(&str, &[&str]); 15] = [
    ("meeting", &["会議", "打ち合わせ", "打合せ", "集まり", "集会", "勉強会", "研修", "講座", "説明会", "会合", "meeting", "会议", "开会", "회의", "họp"]),
    ("gym", &["体育館", "体育室", "バスケ", "バレーボール", "バレー", "バドミントン", "フットサル", "ハンドボール", "球技", "gym", "basketball", "volleyball", "badminton", "体育馆", "篮球", "체육관", "농구", "nhà thi đấu", "bóng rổ"]),
    ("table_tennis", &["卓球", "ピンポン", "table tennis", "ping pong", "乒乓", "탁구", "bóng bàn"]),
    ("tennis", &["テニスコート", "テニス", "tennis", "网球", "테니스", "quần vợt"]),
    ("ground", &["野球", "ソフトボール", "サッカー", "グラウンド", "運動場", "少年野球", "baseball", "soccer", "football", "棒球", "足球", "야구", "축구", "bóng chày", "bóng đá"]),
    ("martial", &["武道", "柔道", "剣道", "空手", "合気道", "martial arts", "judo", "武术", "유도", "võ"]),
    ("archery", &["弓道", "アーチェリー", "archery", "射箭", "양궁"]),
    ("music", &["音楽", "バンド", "楽器", "合唱", "コーラス", "ピアノ", "吹奏楽", "音楽室", "スタジオ", "練習室", "music", "band", "piano", "乐队", "音乐", "밴드", "음악", "âm nhạc"]),
    ("dance", &["ダンス", "ヨガ", "体操", "太極拳", "バレエ", "フラダンス", "dance", "yoga", "舞蹈", "瑜伽", "댄스", "요가", "khiêu vũ"]),
    ("tatami", &["和室", "茶道", "お茶会", "お茶", "華道", "生け花", "着付け", "書道", "囲碁", "将棋", "百人一首", "tatami", "tea ceremony", "榻榻米", "茶道", "다다미", "phòng kiểu nhật"]),
    ("cooking", &["料理", "調理", "調理室", "お菓子作り", "パン作り", "cooking", "kitchen", "烹饪", "料理教室", "요리", "nấu ăn"]),
    ("craft", &["工作", "陶芸", "木工", "手芸", "craft", "pottery", "手工", "공예", "thủ công"]),
    ("hall", &["発表会", "講演", "コンサート", "演劇", "ホール", "上映", "式典", "concert", "lecture hall", "演出", "공연", "hội trường"]),
    ("study", &["自習", "学習室", "読書会", "グループ学習", "study", "自习", "스터디", "học nhóm"]),
    ("barbecue", &["バーベキュー", "bbq", "barbecue", "烧烤", "바비큐"]),
];

/// The use that words name; the longest wording counts.
pub fn of(text: &str) -> Option<&'static str> {
    let text = normalise::fold(text).to_lowercase();
    let longest = |words: &[&str]| words.iter().filter(|word| text.contains(**word)).map(|word| word.chars().count()).max();
    USES.iter().filter_map(|(id, words)| longest(words).map(|long| (long, *id))).max_by_key(|(long, _)| *long).map(|(_, id)| id)
}

pub fn is_known(id: &str) -> bool {
    USES.iter().any(|(known, _)| *known == id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_word_says_what_for() {
        for (text, id) in [("来週の土曜の午後、10人で会議", Some("meeting")), ("テニスコート空いてる?", Some("tennis")), ("料理教室をしたい", Some("cooking")), ("バドミントンがしたい", Some("gym")), ("はい", None)] {
            assert_eq!(of(text), id, "{text}");
        }
    }
}
