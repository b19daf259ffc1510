# ja-easy
faq-title = よくある質問（しつもん）
faq-which = 知（し）りたいことは、どれに近いですか。
faq-none-of-these = ほかのこと（職員（しょくいん）に聞く）
faq-as-of = （{ $year }年{ $date }の情報（じょうほう）です）
faq-old = ※{ $year }年{ $date }の情報（じょうほう）です。今は変（か）わっているかもしれません。担当（たんとう）の人に聞いてください。
faq-expired = ※この案内（あんない）は、もう終（お）わっています。
faq-desk = 担当（たんとう）：{ $desk }（電話 { $phone }）
faq-source = くわしいことは、市（し）のページを見てください。
faq-open-source = 市（し）のページを見る
in-japanese-only = （案内（あんない）は日本語だけです）
