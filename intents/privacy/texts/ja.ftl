# 自分の情報
privacy-request-title = 自分の情報の確認・削除
privacy-request-name-kind = したいこと
privacy-request-ask-kind = ご自分の情報について、何をしますか。
privacy-request-which-kind = どれですか。
privacy-request-invalid-kind = 見る、受け取る、消す、同意について、から選んでください。
privacy-request-kind-see = 何が残っているか見る
privacy-request-kind-get = 写しを受け取る
privacy-request-kind-delete = 消す
privacy-request-kind-consent = 同意について
privacy-delete-title = 自分の情報を消す
privacy-delete-name-scope = 消す範囲
privacy-delete-ask-scope = どこまで消しますか。つながっているほかの窓口（LINEやウェブ）の会話も消せます。
privacy-delete-which-scope = どこまで消しますか。
privacy-delete-invalid-scope = 「この会話だけ」か「すべて」を選んでください。
privacy-delete-scope-here = この会話だけ
privacy-delete-scope-all = ほかの窓口もすべて
privacy-delete-confirm = この会話のやりとり、途中の手続き、写真、折り返しの電話の依頼を消します。消すと元に戻せません。よろしいですか。
privacy-delete-done = 承りました（受付番号 { $receipt }）。まもなく消えます。気が変わったときは、すぐに「取り消し」と送ってください。
privacy-delete-not-yet = まだ終わっていないものがあるので、今は消せません：{ $numbers }。予約を取り消すか、終わってから（返金や商品券は、済んでから）もう一度送ってください。
privacy-delete-kept = 提出済みの手続き（{ $receipts }）の控えは、市の文書管理の決まりにより、決められた期間は残ります。担当の課だけが見られるように鍵をかけています。
privacy-see =
    この会話で残しているもの：
    やりとり { $messages }件
    写真・ファイル { $files }件
    提出した手続き { $requests }件
    折り返しの電話の依頼 { $calls }件
    やりとりは{ $days }日たつと消えます。職員がしたことの記録（内容は含みません）は別に残ります。
privacy-get-ready = 写しを用意しました。リンクは24時間だけ開けます。ほかの人に渡さないでください。
privacy-get-label = 写しを開く
privacy-consent = いただいた情報は、お問い合わせに答え、手続きを進めるためだけに使います。ここで同意をやめるときは、情報を消してください。
privacy-by-desk = ご自分の情報のことは、職員が確かめてからお答えします。担当に伝えました。このトークに返信します。
