use model::Lang;

/// The engine's own words, one Fluent file per language.
pub const TEXTS: [(Lang, &str); 6] = [
    (Lang::Ja, include_str!("../texts/ja.ftl")),
    (Lang::JaEasy, include_str!("../texts/ja-easy.ftl")),
    (Lang::En, include_str!("../texts/en.ftl")),
    (Lang::Zh, include_str!("../texts/zh.ftl")),
    (Lang::Ko, include_str!("../texts/ko.ftl")),
    (Lang::Vi, include_str!("../texts/vi.ftl")),
];
