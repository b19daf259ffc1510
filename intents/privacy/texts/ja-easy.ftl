# Own data
privacy-request-title = じぶんの情報（じょうほう）を見る・消す
privacy-request-name-kind = したいこと
privacy-request-ask-kind = じぶんの 情報（じょうほう）を どうしますか。
privacy-request-which-kind = どれですか。
privacy-request-invalid-kind = 「見（み）る」「もらう」「消（け）す」「同意（どうい）」から 選（えら）んで ください。
privacy-request-kind-see = 何（なに）が あるか 見（み）る
privacy-request-kind-get = コピーを もらう
privacy-request-kind-delete = 消（け）す
privacy-request-kind-consent = 同意（どうい）について
privacy-delete-title = じぶんの情報（じょうほう）を消（け）す
privacy-delete-name-scope = どこまで
privacy-delete-ask-scope = どこまで 消（け）しますか。LINEや ウェブの 会話（かいわ）も 消（け）せます。
privacy-delete-which-scope = どこまで 消（け）しますか。
privacy-delete-invalid-scope = 「この会話（かいわ）だけ」か「ぜんぶ」を 選（えら）んで ください。
privacy-delete-scope-here = この会話（かいわ）だけ
privacy-delete-scope-all = ぜんぶ
privacy-delete-confirm = 話（はな）したこと、書（か）いている 手続（てつづ）き、写真（しゃしん）、電話（でんわ）の おねがいを 消（け）します。もとに もどせません。いいですか。
privacy-delete-done = わかりました（{ $receipt }）。もうすぐ 消（き）えます。やめるときは、すぐに「取（と）り消（け）し」と 書（か）いて ください。
privacy-delete-not-yet = まだ 終（お）わっていない ものが あります：{ $numbers }。だから 今（いま）は 消（け）せません。終（お）わってから、もう一度（いちど） 送（おく）ってください。
privacy-delete-kept = 出（だ）した 手続（てつづ）き（{ $receipts }）の 紙（かみ）は、法律（ほうりつ）や 市（し）の きまりで 残（のこ）ります。担当（たんとう）の 人（ひと）だけが 見（み）ます。
privacy-see =
    ここに あるもの：
    メッセージ { $messages }
    写真（しゃしん）・ファイル { $files }
    出（だ）した 手続（てつづ）き { $requests }
    電話（でんわ）の おねがい { $calls }
    メッセージは { $days }日（にち）で 消（き）えます。
privacy-get-ready = コピーが できました。24時間（じかん）だけ 開（ひら）けます。ほかの 人（ひと）に 見（み）せないで ください。
privacy-get-label = コピーを開（ひら）く
privacy-consent = 情報（じょうほう）は、答（こた）えるためと 手続（てつづ）きの ためだけに 使（つか）います。同意（どうい）を やめるときは、消（け）して ください。
privacy-by-desk = 情報（じょうほう）の ことは、市（し）の 人（ひと）が たしかめてから 答（こた）えます。ここに 返事（へんじ）が 来（き）ます。
