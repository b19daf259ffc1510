# en
account-continue-title = Go on with LINE or another device
account-continue-code = Send this number where you want to go on (LINE, web or phone).
    { $code }
    It works once, within 15 minutes. Do not tell it to anyone.
account-code-title = Enter a code
account-code-ask-code = Please send the code of 8 digits.
account-code-which-code = Please send the code of 8 digits.
account-code-invalid-code = The code has 8 digits, for example 1234-5678.
account-code-name-code = Code
account-code-wrong = This code cannot be used: it is older than 15 minutes, was used already, or is wrong.
account-code-too-many = Too many codes were wrong. Please try again in about an hour.
account-code-here = Please send this code on the other device.
account-code-busy = The other conversation is busy just now. Please send the code again in a moment.
account-joined-here = You are connected with your conversation on { $channel } and can go on here.
account-part-title = Unlink my accounts
account-parted = The accounts are no longer linked.
account-part-none = No other account is linked.
