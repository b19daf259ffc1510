# en
welcome = { $greeting }
    The city keeps what you write here, to answer you and to improve this service. Please do not send your My Number or similar details.
    Send “staff” at any time and we will tell you how to reach a person ({ $hotline }). In an emergency, call 119 for fire or ambulance, 110 for crime or accidents.
menu = How can we help? Choose below, or type what you want to know.
menu-label = Menu
human-label = Talk to staff
cancel-label = Cancel
yes-label = Yes
edit-label = Change
location-label = Send my location
greet = Hello.
thanks-reply = You're welcome. Ask us any time.
sticker-reply = Thank you. Please type what you want to know.
media-received = We received your photo or file, but we cannot read it here yet. Please type what you want to know.
silence = Sorry, we could not hear you. Please say it again.
cancelled = Stopped: “{ $what }”.
nothing-to-cancel = There is nothing in progress to cancel.
nothing-to-undo = There is no earlier step to go back to.
what-else = Is there anything else we can help with?
back = Going back one step.
resume = Let's continue with “{ $what }”.
parked = Let's do “{ $what }” first. Then we will go back to where you were.
changed = Changed “{ $name }” to “{ $value }”.
confirm-line = • { $name }: { $value }
edit-which = What would you like to change?
yes-or-no = Please answer “Yes” or “Change”.
not-understood = Sorry, we did not understand that.
did-you-mean = Sorry, we did not quite understand. Is it one of these?
which-did-you-mean = Which one do you mean?
wrong-answer = Sorry about that. Did you mean one of these?
wrong-answer-none = Sorry about that. Please tell us a little more. You can also talk to staff.
offer-person = Sorry we could not help. You can also talk to staff.
out-of-scope = Sorry, city hall cannot answer that.
complaint = We are sorry for the trouble. You can also speak directly with our staff.
slower = All right. We will use simple words.
wait = Of course, take your time. Send a message when you are ready.
language-set = We will answer in English now.
language-which = Which language would you like?
location-what-for = What are you looking for near this place?
gone = That button no longer works.
failed = Sorry, something went wrong on our side. Please send it again, or call { $hotline }.
emergency-fire = If there is a fire, get out now and call 119.
    Get to safety first. Stay low and do not breathe the smoke. Call 119 from a safe place.
emergency-ambulance = Call 119 right now and ask for an ambulance.
    If the person does not respond or is not breathing, push hard and fast on the centre of the chest and do not stop (CPR). If there is an AED nearby, use it.
emergency-crime = Call 110 (police) right now.
    First get to a safe place and lock the door. If you cannot speak, use the 110 app (110-ban App) or get help from people nearby.
emergency-gas = If you smell gas, do not light anything. Do not touch light switches or the fan.
    Open the windows and go outside. Then call the gas company's emergency number. If anyone feels sick, call 119.
emergency-child = Call 189 (child consultation centre) right now. It is open 24 hours. You do not have to give your name.
    If a life is in danger, call 110. If you are the one who is struggling, 189 will listen to you too.
emergency-suicide = Thank you for telling us. You do not have to carry this alone.
    There are people you can call right now. Yorisoi Hotline: 0120-279-338 (24 hours, free). Inochi no Denwa (Lifeline): 0120-783-556.
    If your life is in danger now, call 119. You can also talk to our staff.
skip-label = Skip
skipped = (none)
consent-yes-label = I agree
consent-no-label = I do not agree
consent-needed = Without your consent we cannot take this here. You can do it at the counter.
field-invalid-kana = Please write the reading of the name in hiragana or katakana, for example やまだ はなこ.
field-invalid-birthday = That date of birth lies in the future. Please write it again, for example 1985-04-01.
