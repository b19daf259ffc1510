//! Head counts and quantities.

use crate::text::{Text, is_kanji};

/// Who is counted. Adults and children are added; a corrected count replaces the one of its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Unsaid,
    Adults,
    Children,
    Others,
    /// 全部で, 合わせて: nothing is added to it.
    Everyone,
}

const ADULTS: &[&str] = &["大人", "おとな", "成人", "保護者", "父母", "親", "ママ", "パパ", "お母さん", "お父さん"];
const CHILDREN: &[&str] =
    &["子ども", "子供", "こども", "小学生", "中学生", "幼児", "乳児", "赤ちゃん", "園児", "児童", "未就学児", "孫", "息子", "娘", "小人", "子", "乳幼児"];
const OTHERS: &[&str] = &[
    "高校生", "大学生", "学生", "生徒", "男性", "女性", "男子", "女子", "男", "女", "高齢者", "お年寄り", "年寄り", "シニア", "介助者", "付き添い", "付添",
    "付添い", "付添人", "スタッフ", "先生", "指導者", "コーチ", "一般", "ヘルパー", "会員", "車いす", "車椅子", "妊婦", "祖父母", "両親", "障害者", "友達",
    "友人", "おばあちゃん", "おじいちゃん",
];
const TOTAL: &[&str] = &[
    "合わせて", "あわせて", "合計", "合計で", "全部で", "ぜんぶで", "全員で", "総勢", "トータル", "トータルで", "みんなで", "皆で", "計", "の計", "都合",
    "家族全員で",
];

/// People at `i`: `value` is the number that ends at `end`.
pub(crate) fn people(text: &Text, i: usize, value: u64, end: usize) -> Option<(u32, Who, usize)> {
    let value = u32::try_from(value).ok().filter(|v| (1..=100_000).contains(v))?;
    let e = text.any(end, &["人", "名", "にん", "めい", "명"])?;
    if text.at(end) == 'め' && !text.has(e, &["さま", "で", "です", "の"]) {
        return None;
    }
    let polite = text.any(e, &["様", "さま", "さん"]);
    if polite.is_some() && value == 1 {
        return None;
    }
    let e = polite.unwrap_or(e);
    counts(text, i, e).then(|| (value, who(text, i, e), e))
}

/// ひとり, ふたり, お一人.
pub(crate) fn kana_people(text: &Text, i: usize) -> Option<(u32, Who, usize)> {
    let (value, e) = text.lit(i, "ひとり").map(|e| (1, e)).or_else(|| text.lit(i, "ふたり").map(|e| (2, e)))?;
    let start = if matches!(text.before(i), 'お') { i - 1 } else { i };
    let split = text.has(e, &["ごと", "と言", "で"]) && text.has(e, &["ごと"]);
    (text.word_start(start) && !split && counts(text, i, e)).then(|| (value, who(text, i, e), e))
}

/// Whether people who come are counted, and not seats, places, generations or shares.
fn counts(text: &Text, i: usize, e: usize) -> bool {
    let before = text.preceded(
        i,
        &[
            "定員", "定員は", "定員が", "定員約", "定員の", "定員、", "最大", "収容", "収容人数", "先着", "抽選", "抽選で", "限定", "人に", "名に", "人口",
            "第", "上限", "上限は", "定員は約", "最大で",
        ],
        0,
    );
    let after = text.has(
        e,
        &[
            "掛", "がけ", "かけ", "用", "制", "乗", "のり", "部屋", "前", "目", "め", "組", "工", "口", "間", "気", "物", "生", "数", "称", "権", "兄", "姉",
            "きょうだい", "兄弟", "っ子", "暮", "ぐらし", "ぐら", "親", "おや", "っきり", "きり", "一", "1", "当", "あたり", "につき", "ずつ", "息", "娘",
            "芝", "旅", "席", "格", "員", "材", "形", "種", "妻", "質", "魚", "体", "造", "力", "文", "類", "収", "まで入", "まで使", "まで利", "まで可",
            "まで座", "まで乗", "まで泊", "まで収", "までです", "までの", "まで対", "義", "簿", "古", "札", "刺", "字", "詞", "所", "店", "産", "曲", "作",
            "門", "君", "張", "取", "寄", "残", "しか入", "官", "並", "噛", "侍", "囃", "ならでは", "とり", "ぼっち", "の子の", "の子を", "の母", "の子持",
            "の父", "に1", "に一", "静", "兵", "集まれば", "よれば", "たりとも", "っこ",
        ],
    );
    let fine = text.has(
        e,
        &[
            "前後", "目指", "間に合", "気にし", "当日", "物置", "一緒", "1室", "1部屋", "生後", "1歳", "一歳", "体育", "所定", "文化", "組ん", "親子", "用意",
            "親族", "員数", "娘と", "かかり", "残り", "めい", "用の会議", "取り消", "取消", "ぐらい", "ぐれ",
        ],
    );
    // 「1人500円」 is a price.
    let aged = crate::number::at(text, e).is_some_and(|n| text.has(n.end, &["歳", "才", "か月", "ヶ月", "カ月", "さい"]));
    let price = crate::number::starts(text.at(e)) && !aged && text.preceded(e, &["一人", "ひとり", "1人"], 0);
    let polite = text.preceded(e, &["ひとり"], 0) && text.has(e, &["様", "さま"]);
    if price || polite {
        return false;
    }
    let lonely = text.has(
        e,
        &["で住", "では", "でいる", "で家", "で寝", "で歩", "で動", "で育", "で留守", "で暮", "で抱", "でも多", "で生活", "で困", "にし", "になっ", "になり"],
    ) && text.preceded(e, &["一人", "ひとり", "1人"], 0);
    let bare_name = text.at(e - 1) == '名' && (text.at(e) == '前' && !text.has(e, &["前後"]) || text.at(e) == '称');
    !before && (!after || fine) && !lonely && !bare_name
}

fn who(text: &Text, i: usize, e: usize) -> Who {
    if text.preceded(i, TOTAL, 1) {
        return Who::Everyone;
    }
    let mut p = i;
    for _ in 0..2 {
        // も and お end words of their own (子ども).
        let named = |p: usize| [ADULTS, CHILDREN, OTHERS].iter().any(|words| text.preceded(p, words, 0));
        while p > 0 && !named(p) && matches!(text.at(p - 1), 'が' | 'は' | 'の' | ' ' | '、' | ':' | 'も' | 'で' | 'お') {
            p -= 1;
        }
        if let Some(q) = [("さん", 2), ("たち", 2), ("達", 1)].iter().find_map(|(w, n)| (p >= *n && text.lit(p - n, w).is_some()).then(|| p - n)) {
            p = q;
        }
    }
    let label = |words: &[&str]| text.preceded(p, words, 0);
    let after = |words: &[&str]| text.lit(e, "の").is_some_and(|q| text.has(q, words));
    let family = text.before(i) == 'の' && text.preceded(i, &["子の", "供の", "どもの", "もの", "母の", "父の", "妻の", "夫の"], 0);
    if family {
        // 「私と母の二人」 counts both.
        return Who::Everyone;
    }
    if label(ADULTS) || after(&["大人"]) {
        Who::Adults
    } else if label(CHILDREN) || after(&["子ども", "子供", "こども", "小学生"]) {
        Who::Children
    } else if label(OTHERS) || label(&["夫婦"]) {
        Who::Others
    } else {
        Who::Unsaid
    }
}

/// People named without a number right before a counted one: 「私と子ども二人」 is three, 「夫婦と子ども二人」 four.
pub(crate) fn named_beside(text: &Text, i: usize) -> u32 {
    let mut p = i;
    let child = ["子ども", "子供", "こども", "孫", "息子", "娘", "赤ちゃん"].iter().find(|w| text.preceded(p, &[w], 0));
    let Some(child) = child else { return 0 };
    p -= child.chars().count();
    let p = if text.before(p) == '、' { p - 1 } else { p };
    if text.preceded(p, &["夫婦と", "両親と", "父母と", "夫婦に", "私と夫と", "私と妻と", "夫と私と", "妻と私と"], 0) {
        2
    } else {
        u32::from(text.preceded(p, &["私と", "わたしと", "僕と", "自分と", "俺と", "母親と", "父親と"], 0))
    }
}

/// Counters of things asked for. `true`: only as a written word before nothing that makes a compound of it.
const COUNTERS: &[&str] = &[
    "枚", "まい", "通", "つう", "台", "だい", "点", "冊", "さつ", "脚", "きゃく", "個", "こ", "コ", "ケ", "袋", "ふくろ", "部", "本", "箱", "束", "セット",
    "組", "着", "足", "面", "張", "基", "部屋",
];

/// Verbs and nouns that go on after a counter without a particle.
const GOES_ON: &str = "届書寄以必発追処購希同借予延郵交請提写廃撤申選買頂貸受返捨配送頼欲渡付増減残有全取引持出お御分程ほ";

/// Items at `i`.
pub(crate) fn items(text: &Text, i: usize, value: u64, end: usize, kana: bool) -> Option<(u32, usize)> {
    let value = u32::try_from(value).ok().filter(|v| (1..=100_000).contains(v))?;
    let (counter, e) = COUNTERS.iter().find_map(|w| Some((*w, text.lit(end, w)?)))?;
    let kana_counter = crate::text::is_hiragana(text.at(end)) || matches!(counter, "コ" | "ケ");
    // サンセット is no three sets.
    if kana && crate::text::is_katakana(text.at(i)) && crate::text::is_katakana(text.at(end)) {
        return None;
    }
    if kana_counter && (matches!(counter, "こ" | "つう" | "だい" | "コ" | "ケ") && kana || crate::text::is_katakana(text.at(e)) || matches!(counter, "ケ"))
    {
        return None;
    }
    if kana_counter
        && kana
        && !text.has(
            e,
            &[
                "お願", "おねが", "くだ", "ほし", "欲し", "を", "で", "、", "。", "です", "だけ", "ずつ", "いり", "要", "必", "たの", "頼", "ちょう", "と",
                "の", "も", "まで",
            ],
        )
        && e < text.len()
    {
        return None;
    }
    if matches!(text.before(i), '第' | '.' | '/' | '-')
        || text.before(i).is_ascii_alphabetic()
        || text.preceded(i, &["あと", "毎日", "1日", "一日"], 0) && counter == "本"
    {
        return None;
    }
    asked(text, i, e, counter).then_some((value, e))
}

fn asked(text: &Text, i: usize, e: usize, counter: &str) -> bool {
    let next = text.at(e);
    let compound = is_kanji(next)
        && !GOES_ON.contains(next)
        && !text.has(
            e,
            &["一緒", "無料", "注文", "印刷", "作成", "使", "回収", "用意", "利用", "別", "証明", "再発", "置", "登録", "運", "積", "壊", "不要", "要", "粗大"],
        );
    let special = match counter {
        "通" => text.has(e, &["り", "報", "学", "行", "路", "勤", "知"]),
        "点" => {
            text.preceded(i, &["上午", "下午", "晚上", "早上"], 0)
                || text
                    .has(e, &["満", "を取", "差", "減", "以上取", "滅", "検", "字", "数", "セット", "確認", "だけ質", "質", "伺", "聞", "教", "お伺", "お聞"])
        }
        "本" => text.has(e, &["立て", "柱", "人"]),
        "部" => text.has(e, &["屋", "門", "活", "分", "長", "員", "品", "署", "隊"]) && !text.has(e, &["分の証"]),
        "組" => text.has(e, &["の", "み", "合", "織"]) || matches!(text.before(i), '年' | '生'),
        "台" => text.has(e, &["所", "風", "帳", "数", "詞"]),
        "個" => text.has(e, &["人", "室", "性", "入", "目", "別", "所", "月", "体"]),
        "面" => text.has(e, &["倒", "接", "会", "談", "積"]),
        "着" => text.has(e, &["順", "目", "で", "た", "き", "く", "払", "信"]),
        "足" => text.has(e, &["り", "す", "し", "元", "首"]),
        "冊" => text.has(e, &["子", "目"]),
        "枚" => text.has(e, &["目", "方", "組", "入", "数", "綴", "挙"]),
        "こ" | "コ" => text.has(e, &["と", "の", "れ", "こ", "ん", "そ", "ろ", "い", "ち", "マ", "ー", "ッ", "ピ"]),
        "袋" => text.has(e, &["小", "入", "井", "町"]),
        "箱" => text.has(e, &["根", "入"]),
        "張" => !text.has(e, &["お", "を", "借", "く", "、", "。", "で"]),
        "基" => text.has(e, &["本", "準", "礎", "地"]),
        "脚" => text.has(e, &["本", "立", "注", "力"]),
        _ => false,
    };
    let entry = text.has(
        e,
        &[
            "入り", "いり", "目", "め", "組", "ごと", "につき", "あたり", "セット", "つづり", "綴り", "まで無", "まで借", "まで出", "までなら", "までです",
            "までOK", "しか", "余", "もら",
        ],
    ) && !text.has(e, &["めん", "もらい", "もらえ", "もらう"]);
    // 「車が一台はまっている」 tells of a thing, and asks for none.
    let told = text.before(i) == 'が'
        && text.has(e, &["はま", "倒", "落", "止", "壊れ", "割れ", "切れ", "放置", "燃", "流", "捨てられ", "捨ててあ", "通", "ぶつ", "沈", "傾", "消え", "停"]);
    // 「一枚いくら」 asks for a price.
    let price = text.has(e, &["いくら", "おいくら", "なんぼ", "何円", "で何円", "でいくら"]);
    !compound && !special && !entry && !told && !price
}

/// 一つ, 3つ, ななつ: the value and the end after つ.
pub(crate) fn tsu(text: &Text, i: usize) -> Option<(u32, usize)> {
    #[rustfmt::skip]
    const KANA: &[(&str, u32)] = &[("ひとつ", 1), ("ふたつ", 2), ("みっつ", 3), ("みつ", 3), ("よっつ", 4), ("いつつ", 5), ("むっつ", 6), ("ななつ", 7), ("やっつ", 8), ("ここのつ", 9), ("ヒトツ", 1), ("フタツ", 2)];
    if let Some((v, e)) = KANA.iter().find_map(|(w, v)| Some((*v, text.lit(i, w)?))) {
        let begins = text.word_start(i) || crate::text::is_katakana(text.before(i));
        return (begins && text.slice(i, e) != ['み', 'つ']).then_some((v, e));
    }
    let n = crate::number::at(text, i)?;
    let e = text.any(n.end, &["つ", "ツ"])?;
    let whole = !matches!(text.before(i), '.' | '/' | '-') && !text.before(i).is_ascii_alphanumeric();
    (whole && (1..=9).contains(&n.value) && n.thousandths == 0 && !crate::text::is_katakana(text.at(e))).then(|| (u32::try_from(n.value).unwrap_or(1), e))
}

/// Things counted with つ.
pub(crate) fn tsu_items(text: &Text, i: usize, value: u32, e: usize) -> bool {
    let next = text.at(e);
    let compound = is_kanji(next)
        && !GOES_ON.contains(next)
        && !text.has(e, &["一緒", "無料", "注文", "回収", "用意", "利用", "使", "使い", "運", "積", "壊", "不要", "要", "粗大", "処", "置", "大"]);
    let idiom = text.has(
        e,
        &[
            "目", "め", "折", "年", "上", "下", "違", "星", "子", "葉", "角", "前", "戻", "返", "ずつ", "一つ", "ひとつ", "も", "や", "星", "に分", "の理",
            "の方法", "の質", "の点", "先", "次", "後", "の例", "のパタ",
        ],
    ) && !text.has(e, &["も持", "もお願", "も処", "や", "下さ", "上げ", "返し", "もらい", "もらえ", "年内", "前後"]);
    let asking = value == 1
        && (text.within(
            e,
            e + 10,
            &["質問", "聞", "教え", "きき", "おしえ", "伺", "うかが", "確認", "相談", "お尋", "気にな", "言", "よろしく", "わから", "分から", "問題"],
        ) || text.preceded(i, &["もう", "何", "なに", "そこを", "そこは", "まず", "唯"], 0)
            && !text.has(e, &["お願", "くだ", "ほし", "欲し", "追加", "下さ"]));
    !compound && !idiom && !asking
}
