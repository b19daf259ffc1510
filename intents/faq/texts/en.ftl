# en
faq-title = Common questions
faq-which = Which is closest to what you want to know?
faq-none-of-these = None (ask our staff)
faq-as-of = (As of { $date }, { $year })
faq-old = Note: this is from { $date }, { $year } and may have changed. Please check with the section in charge.
faq-expired = Note: this notice has already ended.
faq-desk = In charge: { $desk } (phone { $phone })
faq-source = See the city's page for details.
faq-open-source = Open the city page
in-japanese-only = (Available in Japanese only)
