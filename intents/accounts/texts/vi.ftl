# vi
account-continue-title = Tiếp tục trên LINE hoặc thiết bị khác
account-continue-code = Hãy gửi số này ở nơi bạn muốn tiếp tục (LINE, web hoặc điện thoại).
    { $code }
    Dùng được một lần trong 15 phút. Đừng cho người khác biết.
account-code-title = Nhập mã
account-code-ask-code = Hãy gửi mã gồm 8 chữ số.
account-code-which-code = Hãy gửi mã gồm 8 chữ số.
account-code-invalid-code = Mã gồm 8 chữ số, ví dụ 1234-5678.
account-code-name-code = Mã
account-code-wrong = Không dùng được mã này: đã quá 15 phút, đã dùng rồi hoặc sai số.
account-code-too-many = Sai quá nhiều lần. Hãy thử lại sau khoảng một giờ.
account-code-here = Hãy gửi mã này trên thiết bị kia.
account-code-busy = Cuộc trò chuyện bên kia đang diễn ra. Hãy gửi lại mã sau giây lát.
account-joined-here = Đã nối với cuộc trò chuyện trên { $channel }; bạn có thể tiếp tục ở đây.
account-part-title = Hủy liên kết
account-parted = Đã hủy liên kết.
account-part-none = Không có tài khoản nào được liên kết.
