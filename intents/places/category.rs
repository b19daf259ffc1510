use crate::{Name, Names};
use dialogue::Found;
use model::EntityKind;

/// What kinds of places there are, and how residents call them.
const CATEGORIES: [(&str, &str, &[&str]); 19] = [
    ("aed", "AED", &["AED", "エーイーディー", "除細動器", "自動体外式除細動器"]),
    ("hospital", "病院", &["病院", "クリニック", "医院", "診療所", "お医者", "内科", "hospital", "clinic", "医院", "병원", "bệnh viện"]),
    ("clinic_holiday", "休日診療所", &["休日診療所", "夜間診療所", "休日急病診療所", "急病センター"]),
    ("park", "公園", &["公園", "広場", "遊び場", "park", "公园", "공원", "công viên"]),
    ("office", "市役所・出張所", &["市役所", "役所", "出張所", "支所", "サービスセンター", "行政窓口", "city hall", "市政府", "시청", "tòa thị chính"]),
    ("certificate_machine", "証明書交付機", &["証明書交付機", "証明書が取れる", "証明書取れる", "交付機", "証明書自動交付", "行政キオスク", "キオスク端末", "マルチコピー機", "コンビニ交付", "証明書が出せる", "住民票が取れる", "住民票取れる", "住民票を取れる", "住民票が出せる", "印鑑証明が取れる", "certificate kiosk"]),
    ("library", "図書館", &["図書館", "図書室", "library", "图书馆", "도서관", "thư viện"]),
    ("police", "警察・交番", &["交番", "警察署", "派出所", "駐在所", "police"]),
    ("fire_station", "消防署", &["消防署", "消防出張所", "fire station"]),
    ("toilet", "公衆トイレ", &["公衆トイレ", "トイレ", "お手洗い", "便所", "多目的トイレ", "toilet", "厕所", "화장실", "nhà vệ sinh"]),
    ("nursery", "保育園・こども園", &["保育園", "保育所", "こども園", "幼稚園", "nursery"]),
    ("school", "学校", &["小学校", "中学校", "学校", "school"]),
    ("sports", "スポーツ施設", &["体育館", "プール", "テニスコート", "グラウンド", "スポーツセンター", "ジム", "運動場"]),
    ("culture", "文化施設・公民館", &["公民館", "文化会館", "市民ホール", "コミュニティセンター", "集会所", "博物館", "資料館"]),
    ("bus_stop", "バス停", &["バス停", "停留所", "バスのりば", "bus stop"]),
    ("sight", "観光スポット", &["観光", "見どころ", "名所", "観光地", "おすすめスポット", "sightseeing", "tourist"]),
    ("parking", "駐車場・駐輪場", &["駐車場", "駐輪場", "パーキング", "自転車置き場", "parking"]),
    ("voucher_shop", "商品券が使える店", &["商品券が使える", "商品券の店", "商品券取扱"]),
    ("recycling", "資源の回収拠点", &["回収ボックス", "回収拠点", "回収場所", "リサイクルステーション", "小型家電回収"]),
];

pub fn names() -> Vec<Name> {
    CATEGORIES
        .iter()
        .map(|(id, label, said)| Name {
            kind: EntityKind::PlaceCategory,
            id: (*id).to_owned(),
            label: (*label).to_owned(),
            said: said.iter().map(|word| (*word).to_owned()).collect(),
            point: None,
        })
        .collect()
}

pub fn is_known(id: &str) -> bool {
    CATEGORIES.iter().any(|(known, ..)| *known == id)
}

pub fn label(id: &str) -> &'static str {
    CATEGORIES.iter().find(|(known, ..)| *known == id).map_or("", |(_, label, _)| label)
}

pub fn lookup(names: &Names, text: &str) -> Found {
    let mut found: Vec<_> = names.find(text, |kind| kind == EntityKind::PlaceCategory).iter().map(|f| f.name.candidate()).collect();
    found.dedup();
    // 「市役所の近くのAED」: what is looked for comes last.
    found.pop().map_or(Found::None, Found::One)
}
