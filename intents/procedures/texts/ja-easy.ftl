# 市の職員が作った手続き
procedures-confirm = これで おくります。いいですか。
procedures-receipt = 受付（うけつけ）の 番号（ばんごう）は { $receipt } です。メモして ください。
procedures-invalid-date = 日（ひ）が わかりません。れい：12月3日、来週（らいしゅう）の火曜日（かようび）
procedures-invalid-time = 時間（じかん）が わかりません。れい：午後（ごご）2時
procedures-invalid-choice = ボタンを おすか、番号（ばんごう）を 書（か）いて ください。
procedures-invalid-phone = 電話番号（でんわばんごう）を 数字（すうじ）で 書（か）いて ください。れい：06-0000-1234
procedures-invalid-email = メールアドレスでは ありません。れい：name@example.jp
procedures-invalid-number = 数字（すうじ）で 書（か）いて ください。
procedures-invalid-birthday = 生（う）まれた 日（ひ）が わかりません。れい：1985年4月1日
procedures-invalid-photo = 写真（しゃしん）を おくって ください。
procedures-invalid-consent = 「はい」か「いいえ」で こたえて ください。
