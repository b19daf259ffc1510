# Own data
privacy-request-title = Xem, xóa thông tin
privacy-request-name-kind = việc muốn làm
privacy-request-ask-kind = Bạn muốn làm gì với thông tin của mình?
privacy-request-which-kind = Việc nào?
privacy-request-invalid-kind = Xin chọn: xem, nhận bản sao, xóa, hoặc sự đồng ý.
privacy-request-kind-see = Xem những gì được lưu
privacy-request-kind-get = Nhận bản sao
privacy-request-kind-delete = Xóa
privacy-request-kind-consent = Về sự đồng ý
privacy-delete-title = Xóa thông tin của tôi
privacy-delete-name-scope = phạm vi
privacy-delete-ask-scope = Xóa đến đâu? Các cuộc trò chuyện đã liên kết trên LINE hoặc web cũng có thể xóa.
privacy-delete-which-scope = Xóa đến đâu?
privacy-delete-invalid-scope = Xin chọn chỉ cuộc trò chuyện này, hoặc tất cả.
privacy-delete-scope-here = Chỉ cuộc này
privacy-delete-scope-all = Tất cả, cả cuộc đã liên kết
privacy-delete-confirm = Chúng tôi sẽ xóa tin nhắn, thủ tục đang làm dở, ảnh và yêu cầu gọi lại. Không thể khôi phục. Bạn đồng ý chứ?
privacy-delete-done = Đã nhận ({ $receipt }). Sẽ xóa trong chốc lát. Nếu đổi ý, hãy nhắn "hủy" ngay.
privacy-delete-not-yet = Còn việc chưa xong nên chưa thể xóa: { $numbers }. Hãy hủy lịch hoặc đợi xong (hoàn tiền, phiếu mua hàng: đến khi giải quyết xong) rồi gửi lại.
privacy-delete-kept = Bản lưu của thủ tục đã nộp ({ $receipts }) được giữ trong thời hạn theo luật và quy định văn thư của thành phố, chỉ bộ phận phụ trách xem được.
privacy-see =
    Những gì được lưu của cuộc này:
    tin nhắn: { $messages }
    ảnh và tệp: { $files }
    thủ tục đã nộp: { $requests }
    yêu cầu gọi lại: { $calls }
    Tin nhắn bị xóa sau { $days } ngày. Nhật ký thao tác của nhân viên (không có nội dung) được giữ riêng.
privacy-get-ready = Bản sao đã sẵn sàng. Liên kết mở được trong 24 giờ. Xin đừng đưa cho người khác.
privacy-get-label = Mở bản sao
privacy-consent = Thông tin của bạn chỉ dùng để trả lời và xử lý thủ tục. Muốn rút lại sự đồng ý, hãy xóa thông tin.
privacy-by-desk = Việc về thông tin cá nhân được nhân viên kiểm tra trước. Đã báo cho người phụ trách, họ sẽ trả lời trong cuộc trò chuyện này.
