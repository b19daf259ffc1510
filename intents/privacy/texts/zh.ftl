# Own data
privacy-request-title = 查看・删除个人信息
privacy-request-name-kind = 要做什么
privacy-request-ask-kind = 您想如何处理自己的信息？
privacy-request-which-kind = 是哪一个？
privacy-request-invalid-kind = 请选择：查看、获取副本、删除或同意事项。
privacy-request-kind-see = 查看保存的内容
privacy-request-kind-get = 获取副本
privacy-request-kind-delete = 删除
privacy-request-kind-consent = 关于同意
privacy-delete-title = 删除我的信息
privacy-delete-name-scope = 范围
privacy-delete-ask-scope = 要删除到什么范围？已关联的LINE或网页对话也可以删除。
privacy-delete-which-scope = 要删除到什么范围？
privacy-delete-invalid-scope = 请选择"仅此对话"或"全部"。
privacy-delete-scope-here = 仅此对话
privacy-delete-scope-all = 全部（包括关联的对话）
privacy-delete-confirm = 将删除对话记录、未完成的手续、照片和回电申请，无法恢复。可以吗？
privacy-delete-done = 已受理（{ $receipt }）。很快就会删除。如果改变主意，请马上发送"取消"。
privacy-delete-not-yet = 还有未结束的事项，现在不能删除：{ $numbers }。请取消预约，或等其结束（退款、商品券处理完毕）后再发送。
privacy-delete-kept = 已提交的手续（{ $receipts }）的存档，依照法律和市的文件管理规定，会在规定期间内保留，只有负责科室可以查看。
privacy-see =
    此对话保存的内容：
    消息 { $messages }条
    照片・文件 { $files }个
    已提交的手续 { $requests }件
    回电申请 { $calls }件
    消息在{ $days }天后删除。工作人员的操作记录（不含内容）另行保存。
privacy-get-ready = 副本已准备好。链接24小时内有效，请勿转给他人。
privacy-get-label = 打开副本
privacy-consent = 您的信息仅用于答复咨询和办理手续。如要撤回同意，请删除信息。
privacy-by-desk = 关于您个人信息的事项，工作人员会先确认再答复。已经通知负责人，会在此对话中回复。
