# 市の職員が作った手続き
procedures-confirm = Chúng tôi sẽ gửi nội dung sau. Đúng chưa ạ?
procedures-receipt = Số tiếp nhận là { $receipt }. Hãy ghi lại.
procedures-invalid-date = Tôi chưa hiểu ngày. Ví dụ: ngày 3 tháng 12, thứ Ba tuần sau.
procedures-invalid-time = Tôi chưa hiểu giờ. Ví dụ: 2 giờ chiều, 10:00 đến 12:00.
procedures-invalid-choice = Hãy bấm nút, hoặc trả lời bằng số hay lời.
procedures-invalid-phone = Hãy viết số điện thoại bằng chữ số, có mã vùng. Ví dụ: 06-0000-1234
procedures-invalid-email = Đây không phải địa chỉ email. Ví dụ: name@example.jp
procedures-invalid-number = Hãy trả lời bằng một số trong phạm vi cho phép.
procedures-invalid-birthday = Tôi chưa hiểu ngày sinh. Ví dụ: 1985-04-01.
procedures-invalid-photo = Hãy gửi ảnh.
procedures-invalid-consent = Hãy trả lời “Tôi đồng ý” hoặc “Tôi không đồng ý”.
