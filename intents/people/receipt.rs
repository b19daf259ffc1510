use uuid::Uuid;

/// Under which a request was taken in: a letter, six random digits and a check digit (`C-482913-7`).
pub fn receipt(letter: char, random: Uuid) -> String {
    model::receipt_number(letter, 6, random)
}
