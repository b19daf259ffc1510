# zh
faq-title = 常见问题
faq-which = 哪一个最接近您想知道的事？
faq-none-of-these = 都不是（咨询工作人员）
faq-as-of = （截至{ $year }年{ $date }）
faq-old = ※这是{ $year }年{ $date }的信息，现在可能有变化。请向负责部门确认。
faq-expired = ※这项通知的期限已过。
faq-desk = 负责部门：{ $desk }（电话 { $phone }）
faq-source = 详情请看市政府网页。
faq-open-source = 打开市政府网页
in-japanese-only = （只有日语说明）
