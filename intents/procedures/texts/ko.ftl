# 市の職員が作った手続き
procedures-confirm = 다음 내용으로 보냅니다. 괜찮습니까?
procedures-receipt = 접수번호는 { $receipt } 입니다. 적어 두세요.
procedures-invalid-date = 날짜를 알 수 없었습니다. 예: 12월 3일, 다음 주 화요일
procedures-invalid-time = 시간을 알 수 없었습니다. 예: 오후 2시, 10시부터 12시
procedures-invalid-choice = 버튼을 누르거나 번호나 말로 답해 주세요.
procedures-invalid-phone = 지역번호부터 숫자로 전화번호를 써 주세요. 예: 06-0000-1234
procedures-invalid-email = 메일 주소가 아닙니다. 예: name@example.jp
procedures-invalid-number = 범위 안의 숫자로 답해 주세요.
procedures-invalid-birthday = 생년월일을 알 수 없었습니다. 예: 1985년 4월 1일
procedures-invalid-photo = 사진을 보내 주세요.
procedures-invalid-consent = '동의합니다' 또는 '동의하지 않습니다'로 답해 주세요.
