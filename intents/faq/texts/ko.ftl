# ko
faq-title = 자주 묻는 질문
faq-which = 알고 싶은 것이 어느 것에 가깝나요?
faq-none-of-these = 해당 없음(직원에게 문의)
faq-as-of = ({ $year }년 { $date } 기준)
faq-old = ※{ $year }년 { $date } 정보입니다. 지금은 바뀌었을 수 있습니다. 담당 부서에 확인해 주세요.
faq-expired = ※이 안내는 기간이 끝났습니다.
faq-desk = 담당: { $desk }(전화 { $phone })
faq-source = 자세한 내용은 시 홈페이지를 봐 주세요.
faq-open-source = 시 홈페이지 열기
in-japanese-only = (일본어로만 안내합니다)
