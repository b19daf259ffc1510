# vi
faq-title = Câu hỏi thường gặp
faq-which = Điều bạn muốn biết gần với câu nào nhất?
faq-none-of-these = Khác (hỏi nhân viên)
faq-as-of = (Tính đến { $date }/{ $year })
faq-old = ※ Đây là thông tin { $date }/{ $year }. Nay có thể đã thay đổi. Xin hỏi lại bộ phận phụ trách.
faq-expired = ※ Thông báo này đã hết hạn.
faq-desk = Phụ trách: { $desk } (điện thoại { $phone })
faq-source = Xem chi tiết ở trang web của thành phố.
faq-open-source = Mở trang thành phố
in-japanese-only = (Chỉ có tiếng Nhật)
