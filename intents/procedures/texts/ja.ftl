# 市の職員が作った手続き
procedures-confirm = 次の内容で送ります。よろしいですか。
procedures-receipt = 受付番号は { $receipt } です。控えておいてください。
procedures-invalid-date = 日にちが分かりませんでした。例：12月3日、来週の火曜
procedures-invalid-time = 時間が分かりませんでした。例：午後2時、10時から12時
procedures-invalid-choice = ボタンから選ぶか、番号か言葉で答えてください。
procedures-invalid-phone = 電話番号は、市外局番から数字で書いてください。例：06-0000-1234
procedures-invalid-email = メールアドレスの形になっていません。例：name@example.jp
procedures-invalid-number = 数字で答えてください。範囲に入っているかも見てください。
procedures-invalid-birthday = 生年月日が分かりませんでした。例：1985年4月1日、昭和60年4月1日
procedures-invalid-photo = 写真を送ってください。
procedures-invalid-consent = 「同意します」か「同意しません」で答えてください。
