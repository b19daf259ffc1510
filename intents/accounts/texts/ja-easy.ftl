# ja-easy
account-continue-title = ほかの スマホや LINEで 続（つづ）ける
account-continue-code = 続（つづ）けたい ところ（LINE、ウェブ、電話）で、この 数字（すうじ）を 送（おく）ってください。
    { $code }
    15分（ふん）の 間（あいだ）、1回（かい）だけ 使（つか）えます。ほかの 人（ひと）に 教（おし）えないでください。
account-code-title = コードを 入（い）れる
account-code-ask-code = 8つの 数字（すうじ）の コードを 送（おく）ってください。
account-code-which-code = 8つの 数字（すうじ）の コードを 送（おく）ってください。
account-code-invalid-code = コードは 8つの 数字（すうじ）です。例（れい）：1234-5678
account-code-name-code = コード
account-code-wrong = その コードは 使（つか）えません。15分（ふん）が すぎたか、数字（すうじ）が ちがいます。
account-code-too-many = まちがいが 多（おお）いので、今（いま）は 使（つか）えません。1時間（じかん）あとに もう一度（いちど） 送（おく）ってください。
account-code-here = この コードは、ほかの スマホや LINEで 送（おく）ってください。
account-code-busy = 少（すこ）し 待（ま）って、もう一度（いちど） コードを 送（おく）ってください。
account-joined-here = { $channel }の 話（はなし）と つながりました。ここで 続（つづ）けられます。
account-part-title = 連携（れんけい）を やめる
account-parted = 連携（れんけい）を やめました。
account-part-none = 連携（れんけい）している ものは ありません。
