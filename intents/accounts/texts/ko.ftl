# ko
account-continue-title = LINE이나 다른 기기에서 계속하기
account-continue-code = 계속하고 싶은 곳(LINE, 웹, 전화)에서 이 번호를 보내 주세요.
    { $code }
    15분 안에 한 번만 쓸 수 있습니다. 다른 사람에게 알려 주지 마세요.
account-code-title = 코드 입력하기
account-code-ask-code = 8자리 숫자 코드를 보내 주세요.
account-code-which-code = 8자리 숫자 코드를 보내 주세요.
account-code-invalid-code = 코드는 8자리 숫자입니다. 예: 1234-5678
account-code-name-code = 코드
account-code-wrong = 이 코드는 사용할 수 없습니다. 15분이 지났거나 이미 사용했거나 번호가 다릅니다.
account-code-too-many = 틀린 횟수가 많아 지금은 받을 수 없습니다. 1시간쯤 후에 다시 보내 주세요.
account-code-here = 이 코드는 다른 기기에서 보내 주세요.
account-code-busy = 다른 쪽 대화가 진행 중입니다. 잠시 후 다시 보내 주세요.
account-joined-here = { $channel }에서 하던 대화와 연결되었습니다. 여기서 계속할 수 있습니다.
account-part-title = 연동 해제
account-parted = 연동을 해제했습니다.
account-part-none = 연동된 계정이 없습니다.
