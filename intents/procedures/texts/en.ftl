# 市の職員が作った手続き
procedures-confirm = We will send the following. Is it right?
procedures-receipt = Your receipt number is { $receipt }. Please keep it.
procedures-invalid-date = I could not read the date. For example: December 3, next Tuesday.
procedures-invalid-time = I could not read the time. For example: 2 pm, 10:00 to 12:00.
procedures-invalid-choice = Please tap a button, or answer with its number or words.
procedures-invalid-phone = Please write the phone number in digits with the area code, for example 06-0000-1234.
procedures-invalid-email = That is not an e-mail address. For example: name@example.jp
procedures-invalid-number = Please answer with a number in the possible range.
procedures-invalid-birthday = I could not read the date of birth. For example: 1985-04-01.
procedures-invalid-photo = Please send a photo.
procedures-invalid-consent = Please answer with “I agree” or “I do not agree”.
