# zh
welcome = { $greeting }
    为了回答您的问题和改进服务，市政府会保存对话内容。请不要填写个人编号（My Number）等信息。
    随时发送“工作人员”，我们会告诉您如何联系到人（{ $hotline }）。紧急情况：火灾、救护车请拨119，案件、事故请拨110。
menu = 请问需要什么帮助？请从下面选择，或直接输入您想知道的事。
menu-label = 菜单
human-label = 咨询工作人员
cancel-label = 取消
yes-label = 是
edit-label = 修改
location-label = 发送位置信息
greet = 您好。
thanks-reply = 不客气。还有问题请随时告诉我们。
sticker-reply = 谢谢。请用文字告诉我们您想知道的事。
media-received = 已收到照片或文件，但目前无法查看内容。请用文字告诉我们您想知道的事。
silence = 没有听清楚，请再说一遍。
cancelled = 已停止“{ $what }”。
nothing-to-cancel = 现在没有正在办理的事项。
nothing-to-undo = 没有可以返回的上一步。
what-else = 还有其他需要帮助的吗？
back = 返回上一步。
resume = 继续“{ $what }”。
parked = 先办理“{ $what }”。完成后再回到刚才的内容。
changed = 已将“{ $name }”改为“{ $value }”。
confirm-line = ・{ $name }：{ $value }
edit-which = 要修改哪一项？
yes-or-no = 请回答“是”或“修改”。
not-understood = 对不起，我们没有理解您的意思。
did-you-mean = 对不起，我们没有完全理解。您是指这个吗？
which-did-you-mean = 您指的是哪一个？
wrong-answer = 对不起。您是指这个吗？
wrong-answer-none = 对不起。请再说得详细一些。您也可以咨询工作人员。
offer-person = 很抱歉没能帮上忙。您也可以咨询工作人员。
out-of-scope = 对不起，这个问题市政府无法回答。
complaint = 给您添麻烦了，非常抱歉。您也可以直接和工作人员谈。
slower = 好的，我们会用简单的话来说明。
wait = 好的，我们等您。准备好了请发送。
language-set = 接下来用中文回答您。
language-which = 您想用哪种语言？
location-what-for = 您想在这个地点附近找什么？
gone = 这个按钮现在不能用了。
failed = 对不起，系统出了问题，无法回答。请再发送一次，或致电{ $hotline }。
emergency-fire = 着火了：请马上逃到安全的地方，并拨打119。
    请先逃生。压低身体，不要吸入烟雾。到了安全的地方再拨打119。
emergency-ambulance = 请立即拨打119叫救护车。
    如果没有反应或没有呼吸，请持续用力、快速按压胸部正中央（心脏按压）。附近有AED的话，请使用。
emergency-crime = 请立即拨打110报警。
    请先逃到安全的地方，锁好门。如果不能出声，请使用110报警应用（110番App），或向附近的人求助。
emergency-gas = 闻到煤气味时，不要点火，也不要碰电灯开关和排气扇。
    请打开窗户，到室外后，拨打煤气公司的紧急电话。如果有人身体不舒服，请拨打119。
emergency-child = 请立即拨打189（儿童咨询所，児童相談所）。24小时都能打通，不说姓名也可以。
    有生命危险时，请拨打110。如果您自己感到痛苦，也可以拨打189倾诉。
emergency-suicide = 谢谢您愿意说出来。请不要一个人承受。
    现在就有可以倾诉的电话。Yorisoi热线（よりそいホットライン）0120-279-338（24小时、免费），生命热线（いのちの電話）0120-783-556。
    如果现在有生命危险，请拨打119。也可以联系我们的工作人员。
skip-label = 跳过
skipped = （无）
consent-yes-label = 同意
consent-no-label = 不同意
consent-needed = 没有您的同意，无法在这里受理。您可以到窗口办理。
field-invalid-kana = 姓名读音请用平假名或片假名填写，例如：やまだ はなこ。
field-invalid-birthday = 出生日期是将来的日期，请重新填写。例如：1985年4月1日
