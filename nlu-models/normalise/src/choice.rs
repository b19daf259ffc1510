//! Answers to a numbered list.

use crate::number;
use crate::text::{Text, is_hiragana, is_kanji, is_katakana};

/// What a choice may be asked of: 「七番の部屋」「四つ目の」.
const POINTS: &[&str] = &[
    "部屋", "やつ", "ヤツ", "方", "ほう", "会場", "候補", "コース", "枠", "時間", "日", "プラン", "ところ", "とこ", "もの", "本", "避難所", "会議室", "で",
    "を", "に", "選択肢", "項目", "施設", "講座", "案", "。", "お部屋", "和室", "店", "コート", "スタジオ", "ホール", "お願", "が", "は", "内容", "回答",
    "病院", "園", "保育", "教室", "図書館", "公園", "ん",
];

/// Things that carry a number of their own.
const NUMBERED: &[&str] = &[
    "窓口", "出口", "ホール", "ホーム", "のりば", "乗り場", "乗場", "改札", "線", "バス", "街", "地", "通", "町", "館", "札", "系統", "検査", "診察", "ゲート",
    "入口", "入り口", "地区", "池", "橋", "丁", "号", "組", "手", "人", "弟", "星", "茶", "目の角", "目の信号", "目の交差点", "目の駅", "カウンター", "ブース",
    "レジ", "テーブル", "系", "電車", "ピッチ", "レーン", "打", "バッター", "台の", "停留所", "コーナー",
];

/// Words that stand for a place in the list.
pub(crate) fn word(text: &Text, i: usize) -> Option<(u32, usize)> {
    if !matches!(text.at(i), '先' | '一' | 'い' | '最' | '1' | 'ト' | '冒') {
        return None;
    }
    if let Some(e) =
        text.any(i, &["一番上", "いちばん上", "1番上", "一番うえ", "いちばんうえ", "一番先頭", "一番最初", "いちばん最初", "一番初め", "一番はじめ"])
    {
        let boundary = !number::starts(text.before(i)) && !is_hiragana(text.at(i)) || text.word_start(i);
        let other = text.has(e, &["の子", "の兄", "の姉", "の階", "の息子", "の娘", "の棚", "の段", "の引", "の孫", "に着", "に来", "から", "は何"]);
        return (boundary && !other).then_some((1, e));
    }
    if let Some(e) = text.lit(i, "先頭") {
        return (!text.has(e, &["車", "の車", "に並", "打", "を走", "集団", "に立"]) && !is_kanji(text.before(i))).then_some((1, e));
    }
    let e = text.any(i, &["最初の", "冒頭の", "トップの"])?;
    let p = text.any(e, &["やつ", "ヤツ", "候補", "選択肢", "ので", "のが", "のに", "部屋", "もの", "ほう", "方", "ところ", "会場", "枠", "案"]);
    (p.is_some() || text.has(e, &["で", "を", "に", "が"])).then_some((1, e - 1))
}

/// N番, N番目, N個目 at `i`; `value` ends at `end`.
pub(crate) fn numbered(text: &Text, i: usize, value: u64, end: usize, kana: bool) -> Option<(u32, usize)> {
    let value = u32::try_from(value).ok().filter(|v| (1..=99).contains(v))?;
    if text.preceded(
        i,
        &[
            "下から", "したから", "後ろから", "うしろから", "最後から", "右から", "第", "整理券", "整理券の", "整理券は", "背番号", "交響曲", "受付番号",
            "受付番号は", "番地", "丁目", "ラジオ体操第", "号",
        ],
        0,
    ) || matches!(text.before(i), '-' | '.' | '/') && !text.before(i).is_ascii_digit()
    {
        return None;
    }
    // 麻布十番, 八番町: part of a name.
    if is_kanji(text.at(i)) && is_kanji(text.before(i)) && !matches!(text.before(i), '第' | '択' | '号') {
        return None;
    }
    if let Some(e) = text.any(end, &["番目", "番め", "ばんめ", "個目", "コ目", "件目", "冊目", "軒目", "行目", "択目", "ばん目"]) {
        return ordinal(text, e).then_some((value, e));
    }
    let e = text.any(end, &["番", "ばん", "번"])?;
    let next = text.at(e);
    if text.has(e, &["の"]) {
        let p = e + 1;
        let idiom = value == 1 && !text.at(i).is_ascii_digit();
        let fits = if idiom { text.has(p, POINTS) } else { !text.has(p, NUMBERED) };
        return (fits && !text.has(p, &["窓口", "バス", "問題", "理由", "楽しみ", "心配", "かかりつけ"])).then_some((value, e));
    }
    if text.has(e, NUMBERED) && !text.has(e, &["でも"]) {
        return None;
    }
    let opened = next == '\0'
        || !text.has(e, &["から", "まで", "へ", "や", "ぐ", "も並"])
            && !is_kanji(next)
            && !is_katakana(next)
            && !next.is_ascii_alphanumeric()
            && !number::starts(next);
    let verb = text.has(e, &["希望", "選択", "予約", "申込", "申し込", "お願", "頼", "選", "一つ", "です", "候補"]);
    let praise = value == 1 && praised(text, i, e)
        || text.has(
            e,
            &[
                "近", "安", "広", "大き", "いい", "良い", "よい", "早", "新し", "ちか", "やす", "ひろ", "おお", "はや", "すい", "すき", "好き", "と言われ",
                "と呼ばれ", "で待", "に並", "に行けと", "に行って", "札", "でお待", "お得", "おとく", "よく", "おす", "困", "わか", "に電", "へ電", "にかけ",
            ],
        )
        || kana && !text.has(e, &["で", "を", "に", "が", "の", "、", "。", "お", "だ", "じゃ", "く", "と", "は"]) && e < text.len();
    ((opened || verb) && !praise).then_some((value, e))
}

/// 一番 as "most": anything but a particle that picks.
fn praised(text: &Text, i: usize, e: usize) -> bool {
    let picks =
        e == text.len() || text.has(e, &["で", "を", "に", "が", "。", "、", "!", "お願", "おねがい", "だ", "じゃ", "と", "へ", "かな", "は", "ください", " "]);
    let after_topic = matches!(text.before(i), 'が' | 'は' | 'も') && text.has(e, &["で", "だ", "、", "。"])
        || text.has(e, &["に来", "に行", "に着", "に困", "にお伝", "は何", "でしょうか", "に思", "に必要", "に連絡", "と思"])
        || text.has(e, &["です"]) && matches!(text.before(i), 'が' | 'の');
    !picks || after_topic
}

fn ordinal(text: &Text, e: usize) -> bool {
    if let Some(p) = text.lit(e, "の") {
        return !text.has(
            p,
            &[
                "子", "息子", "娘", "信号", "角", "交差点", "駅", "バス停", "停留所", "曲", "孫", "橋", "通り", "路地", "曲が", "お子", "電柱", "街灯", "建物",
                "家", "踏切", "窓口", "出口", "訪問", "質問",
            ],
        );
    }
    !text.has(
        e,
        &[
            "に近", "に安", "に広", "に大き", "に多", "に早", "に良", "にいい", "に新し", "に高", "に好き", "が産", "が生", "を妊", "が欲し", "に並", "に来",
            "の接", "を出産", "に待",
        ],
    ) && !is_kanji(text.at(e))
        || text.has(e, &["希望", "予約", "選"])
}

/// 三つ目.
pub(crate) fn tsu_place(text: &Text, i: usize, e: usize) -> Option<usize> {
    if text.preceded(i, &["下から", "後ろから", "うしろから", "右から"], 0) {
        return None;
    }
    if let Some(p) = text.any(e, &["目", "め"]) {
        return (ordinal(text, p) && !text.has(p, &["小僧"])).then_some(p);
    }
    text.preceded(i, &["上から", "うえから", "左から", "前から", "最初から"], 0).then_some(e)
}

/// A message that is only a number: 「2」「じゃあ3で」「4でお願いします」.
pub(crate) fn whole_message(text: &Text) -> Option<(u32, usize, usize)> {
    const BEFORE: &[&str] = &[
        "はい", "じゃあ", "じゃ", "では", "それでは", "それじゃあ", "うん", "ええ", "ん", "選択肢", "選択肢の", "番号は", "番号", "no.", "ナンバー",
        "オプション", "option", "number", "あ", "その", "答えは", "回答は", "(", "「", "#", "私は", "やっぱり", "いえ", "いや", "すみません",
    ];
    const AFTER: &[&str] = &[
        "でお願いいたします", "でお願いします", "でおねがいします", "でお願い", "をお願いします", "お願いします", "にします", "にしてください", "がいいです",
        "でいいです", "がいい", "でいい", "を選びます", "を選択", "を選ぶ", "ください", "です", "だよ", "だね", "かな", "で", "を", "に", "が", "の方",
        "のほう", "のやつ", ")", "」", "。", "、", "!", ".", " ", "します", "して", "と", "ね", "よ", "だ", "please", "頼む", "頼みます",
    ];
    let mut p = 0;
    while let Some(e) = text.any(p, BEFORE).or_else(|| matches!(text.at(p), ' ' | '、' | '。' | ',').then_some(p + 1)) {
        p = e;
    }
    let (start, value, mut q) = match number::at(text, p) {
        Some(n) if n.width <= 2 && !n.zero_led && n.thousandths == 0 => (p, n.value, n.end),
        Some(_) => return None,
        None => {
            let (v, e) = number::kana_at(text, p).into_iter().find(|(_, e)| *e == text.len() || text.has(*e, &["で", "。", "です", "にし", "を", "が"]))?;
            if e - p < 2 && e != text.len() {
                return None;
            }
            (p, v, e)
        }
    };
    let end = q;
    while let Some(e) = text.any(q, AFTER) {
        q = e;
    }
    let value = u32::try_from(value).ok().filter(|v| (1..=99).contains(v))?;
    (q == text.len()).then_some((value, start, end))
}
