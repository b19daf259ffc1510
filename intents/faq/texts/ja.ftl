# よくある質問
faq-title = よくある質問
faq-which = どれがお知りになりたいことに近いですか。
faq-none-of-these = どれでもない（職員に聞く）
faq-as-of = （{ $year }年{ $date }現在）
faq-old = ※{ $year }年{ $date }の情報です。今は変わっているかもしれません。担当にご確認ください。
faq-expired = ※この案内は期間が終わっています。
faq-desk = 担当：{ $desk }（電話 { $phone }）
faq-source = くわしくは市のページをご覧ください。
faq-open-source = 市のページを開く
in-japanese-only = （日本語だけの案内です）
