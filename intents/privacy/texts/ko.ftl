# Own data
privacy-request-title = 내 정보 확인·삭제
privacy-request-name-kind = 할 일
privacy-request-ask-kind = 내 정보를 어떻게 할까요?
privacy-request-which-kind = 어느 것인가요?
privacy-request-invalid-kind = 보기, 사본 받기, 삭제, 동의 중에서 골라 주세요.
privacy-request-kind-see = 남아 있는 내용 보기
privacy-request-kind-get = 사본 받기
privacy-request-kind-delete = 삭제
privacy-request-kind-consent = 동의에 대해
privacy-delete-title = 내 정보 삭제
privacy-delete-name-scope = 범위
privacy-delete-ask-scope = 어디까지 삭제할까요? 연결된 LINE이나 웹 대화도 삭제할 수 있습니다.
privacy-delete-which-scope = 어디까지 삭제할까요?
privacy-delete-invalid-scope = 이 대화만 또는 전부를 골라 주세요.
privacy-delete-scope-here = 이 대화만
privacy-delete-scope-all = 연결된 대화까지 전부
privacy-delete-confirm = 대화, 작성 중인 신청, 사진, 전화 요청을 삭제합니다. 되돌릴 수 없습니다. 괜찮으신가요?
privacy-delete-done = 접수했습니다({ $receipt }). 곧 삭제됩니다. 마음이 바뀌면 바로 "취소"라고 보내 주세요.
privacy-delete-not-yet = 아직 끝나지 않은 것이 있어 지금은 삭제할 수 없습니다: { $numbers }. 예약을 취소하거나 끝난 뒤(환불·상품권은 처리된 뒤) 다시 보내 주세요.
privacy-delete-kept = 이미 제출한 신청({ $receipts })의 사본은 법률과 시의 문서 관리 규정에 따라 정해진 기간 동안 남으며, 담당 부서만 볼 수 있습니다.
privacy-see =
    이 대화에 남아 있는 것:
    메시지 { $messages }건
    사진·파일 { $files }건
    제출한 신청 { $requests }건
    전화 요청 { $calls }건
    메시지는 { $days }일이 지나면 삭제됩니다. 직원의 작업 기록(내용 제외)은 따로 남습니다.
privacy-get-ready = 사본을 준비했습니다. 링크는 24시간 동안만 열립니다. 다른 사람에게 주지 마세요.
privacy-get-label = 사본 열기
privacy-consent = 알려 주신 정보는 답변과 신청 처리에만 사용합니다. 동의를 철회하려면 정보를 삭제해 주세요.
privacy-by-desk = 본인 정보에 관한 일은 직원이 확인한 뒤 답합니다. 담당자에게 알렸으며 이 대화에서 답합니다.
