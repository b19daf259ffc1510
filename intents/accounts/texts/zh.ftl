# zh
account-continue-title = 在LINE或其他设备上继续
account-continue-code = 请在想继续的地方（LINE、网页、电话）发送这个号码。
    { $code }
    15分钟内可使用一次。请勿告诉他人。
account-code-title = 输入接续码
account-code-ask-code = 请发送8位数字的接续码。
account-code-which-code = 请发送8位数字的接续码。
account-code-invalid-code = 接续码是8位数字，例如1234-5678。
account-code-name-code = 接续码
account-code-wrong = 此接续码无法使用：已超过15分钟、已用过或数字有误。
account-code-too-many = 错误次数过多，请约1小时后再试。
account-code-here = 请在另一台设备上发送此接续码。
account-code-busy = 另一边的对话正在进行，请稍后再发送一次。
account-joined-here = 已与{ $channel }上的对话相连，可以在这里继续。
account-part-title = 取消关联
account-parted = 已取消关联。
account-part-none = 没有关联其他账号。
