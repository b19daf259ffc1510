# vi
welcome = { $greeting }
    Thành phố lưu nội dung trò chuyện để trả lời bạn và cải thiện dịch vụ. Xin đừng viết My Number hay thông tin tương tự.
    Bất cứ lúc nào, hãy gửi “nhân viên”, chúng tôi sẽ chỉ cách liên hệ với người thật ({ $hotline }). Khẩn cấp: cháy, cấp cứu gọi 119; tội phạm, tai nạn gọi 110.
menu = Chúng tôi có thể giúp gì cho bạn? Hãy chọn bên dưới, hoặc nhắn điều bạn muốn biết.
menu-label = Menu
human-label = Hỏi nhân viên
cancel-label = Hủy
yes-label = Có
edit-label = Sửa
location-label = Gửi vị trí
greet = Xin chào.
thanks-reply = Không có gì. Bạn cần gì thêm, cứ hỏi nhé.
sticker-reply = Cảm ơn bạn. Hãy nhắn điều bạn muốn biết.
media-received = Chúng tôi đã nhận ảnh hoặc tệp, nhưng hiện chưa đọc được nội dung. Hãy nhắn điều bạn muốn biết.
silence = Chúng tôi không nghe thấy. Xin bạn nói lại một lần nữa.
cancelled = Đã dừng “{ $what }”.
nothing-to-cancel = Hiện không có thủ tục nào đang làm dở.
nothing-to-undo = Không có bước nào trước đó để quay lại.
what-else = Bạn có cần giúp gì nữa không?
back = Quay lại một bước.
resume = Tiếp tục “{ $what }”.
parked = Chúng ta làm “{ $what }” trước. Xong rồi sẽ quay lại việc đang dở.
changed = Đã sửa “{ $name }” thành “{ $value }”.
confirm-line = • { $name }: { $value }
edit-which = Bạn muốn sửa chỗ nào?
yes-or-no = Xin trả lời “Có” hoặc “Sửa”.
not-understood = Xin lỗi, chúng tôi chưa hiểu.
did-you-mean = Xin lỗi, chúng tôi chưa hiểu rõ. Có phải ý bạn là điều này không?
which-did-you-mean = Ý bạn là cái nào?
wrong-answer = Xin lỗi bạn. Có phải ý bạn là điều này không?
wrong-answer-none = Xin lỗi bạn. Xin nói rõ hơn một chút. Bạn cũng có thể hỏi nhân viên.
offer-person = Xin lỗi vì chưa giúp được bạn. Bạn cũng có thể hỏi nhân viên.
out-of-scope = Xin lỗi, tòa thị chính không trả lời được việc này.
complaint = Xin lỗi vì đã gây bất tiện. Bạn cũng có thể nói chuyện trực tiếp với nhân viên.
slower = Vâng. Chúng tôi sẽ dùng từ ngữ đơn giản.
wait = Vâng, chúng tôi chờ bạn. Khi nào sẵn sàng thì nhắn nhé.
language-set = Từ bây giờ chúng tôi trả lời bằng tiếng Việt.
language-which = Bạn muốn dùng ngôn ngữ nào?
location-what-for = Bạn đang tìm gì gần nơi này?
gone = Nút đó hiện không dùng được nữa.
failed = Xin lỗi, hệ thống gặp lỗi nên chưa trả lời được. Xin gửi lại, hoặc gọi { $hotline }.
emergency-fire = Nếu có cháy, chạy ra ngoài ngay và gọi 119.
    Trước hết hãy chạy thoát. Cúi thấp người, đừng hít khói. Đến chỗ an toàn rồi gọi 119.
emergency-ambulance = Gọi 119 ngay để gọi xe cấp cứu.
    Nếu người đó không phản ứng hoặc không thở, hãy ấn mạnh và nhanh liên tục vào giữa ngực (ép tim). Nếu gần đó có máy AED, hãy dùng.
emergency-crime = Gọi 110 (cảnh sát) ngay.
    Trước hết hãy chạy đến chỗ an toàn và khóa cửa. Nếu không thể lên tiếng, hãy dùng ứng dụng 110 (110番アプリ) hoặc nhờ người ở gần giúp.
emergency-gas = Nếu ngửi thấy mùi ga, đừng bật lửa. Đừng chạm vào công tắc điện hay quạt thông gió.
    Mở cửa sổ, ra ngoài, rồi gọi số khẩn cấp của công ty ga. Nếu có người thấy khó chịu trong người, gọi 119.
emergency-child = Gọi 189 (trung tâm tư vấn trẻ em) ngay. Số này nhận cuộc gọi 24 giờ. Bạn không cần nói tên.
    Nếu nguy hiểm đến tính mạng, gọi 110. Nếu chính bạn đang khổ tâm, 189 cũng sẽ lắng nghe bạn.
emergency-suicide = Cảm ơn bạn đã nói ra. Xin đừng chịu đựng một mình.
    Có những số bạn gọi nói chuyện được ngay. Yorisoi Hotline: 0120-279-338 (24 giờ, miễn phí). Inochi no Denwa: 0120-783-556.
    Nếu bạn đang nguy hiểm đến tính mạng, gọi 119. Bạn cũng có thể nói chuyện với nhân viên của chúng tôi.
skip-label = Bỏ qua
skipped = (không có)
consent-yes-label = Tôi đồng ý
consent-no-label = Tôi không đồng ý
consent-needed = Nếu không có sự đồng ý của bạn, chúng tôi không thể nhận tại đây. Bạn có thể làm tại quầy.
field-invalid-kana = Hãy viết cách đọc tên bằng hiragana hoặc katakana, ví dụ: やまだ はなこ.
field-invalid-birthday = Ngày sinh này ở tương lai. Hãy viết lại, ví dụ: 1985-04-01.
