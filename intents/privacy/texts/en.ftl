# Own data
privacy-request-title = My data: view/delete
privacy-request-name-kind = what to do
privacy-request-ask-kind = What would you like to do with your data?
privacy-request-which-kind = Which one?
privacy-request-invalid-kind = Please choose: view, get a copy, delete, or consent.
privacy-request-kind-see = See what is kept
privacy-request-kind-get = Get a copy
privacy-request-kind-delete = Delete
privacy-request-kind-consent = About consent
privacy-delete-title = Delete my data
privacy-delete-name-scope = how much
privacy-delete-ask-scope = How much should be deleted? Linked chats on LINE or the web can go, too.
privacy-delete-which-scope = How much should be deleted?
privacy-delete-invalid-scope = Please choose this chat only, or everything.
privacy-delete-scope-here = This chat only
privacy-delete-scope-all = Everything, linked chats too
privacy-delete-confirm = We will delete the messages, unfinished forms, photos and requests for calls. This cannot be undone. Shall we?
privacy-delete-done = Noted ({ $receipt }). It will be gone in a minute. If you change your mind, write "cancel it" at once.
privacy-delete-not-yet = Something is still open, so nothing can be deleted yet: { $numbers }. Cancel the booking or wait until it is over (refunds and vouchers: until they are settled), then ask again.
privacy-delete-kept = Copies of applications already handed in ({ $receipts }) stay for the period set by law and the city's rules on documents, locked so that only the desk in charge can read them.
privacy-see =
    What is kept of this chat:
    messages: { $messages }
    photos and files: { $files }
    applications: { $requests }
    requests for calls: { $calls }
    Messages are deleted after { $days } days. The log of what staff did (without contents) is kept apart.
privacy-get-ready = Your copy is ready. The link works for 24 hours. Please do not pass it on.
privacy-get-label = Open the copy
privacy-consent = What you tell us is used only to answer you and to handle your applications. To withdraw your consent, delete your data.
privacy-by-desk = Questions about your own data are looked at by staff first. They have been told and will answer in this chat.
