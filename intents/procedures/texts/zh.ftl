# 市の職員が作った手続き
procedures-confirm = 将提交以下内容，可以吗？
procedures-receipt = 受理编号是 { $receipt }，请记下来。
procedures-invalid-date = 没能读懂日期。例如：12月3日、下周二
procedures-invalid-time = 没能读懂时间。例如：下午2点、10点到12点
procedures-invalid-choice = 请点按钮，或用编号或文字回答。
procedures-invalid-phone = 请用数字填写含区号的电话号码。例如：06-0000-1234
procedures-invalid-email = 这不是邮箱地址。例如：name@example.jp
procedures-invalid-number = 请用范围内的数字回答。
procedures-invalid-birthday = 没能读懂出生日期。例如：1985年4月1日
procedures-invalid-photo = 请发送照片。
procedures-invalid-consent = 请回答“同意”或“不同意”。
