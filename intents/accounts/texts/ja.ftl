# 別の端末で続ける
account-continue-title = 別の端末・LINEで続ける
account-continue-code = 続けたいほう（LINE、ウェブ、電話）で、この数字を送ってください。
    { $code }
    15分間、1回だけ使えます。ほかの人に教えないでください。
account-code-title = 引き継ぎコードを入れる
account-code-ask-code = 引き継ぎコード（8桁の数字）を送ってください。
account-code-which-code = 引き継ぎコード（8桁の数字）を送ってください。
account-code-invalid-code = コードは8桁の数字です。例：1234-5678
account-code-name-code = 引き継ぎコード
account-code-wrong = そのコードは使えません。15分を過ぎたか、使用済みか、数字が違います。
account-code-too-many = まちがいが続いたため、しばらくコードを受け付けられません。1時間ほどしてからもう一度お願いします。
account-code-here = このコードは、続けたいほうの端末で送ってください。
account-code-busy = 今、もう一方でお話が進んでいます。少し待ってから、もう一度コードを送ってください。
account-joined-here = { $channel }でのお話とつながりました。ここで続けられます。
account-part-title = 連携をやめる
account-parted = 連携をやめました。このあとのお話は、こちらだけのものになります。
account-part-none = 連携しているものはありません。
