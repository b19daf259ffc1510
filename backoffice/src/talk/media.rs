//! Photos and files that residents sent: shown to who may see personal data, sealed at rest.

use super::Talk;
use crate::{Office, audit, door::Me, error::Refusal};
use axum::{
    extract::{Path, State},
    http::header,
    response::IntoResponse,
};
use model::ConversationId;
use uuid::Uuid;

/// What a browser may show by itself; everything else is a download.
pub const PICTURES: [&str; 4] = ["image/jpeg", "image/png", "image/gif", "image/webp"];

pub async fn media(State(office): State<Office>, Path((_, id, seq)): Path<(String, Uuid, i64)>, me: Me) -> Result<impl IntoResponse, Refusal> {
    let now = office.clock.now();
    let mut tx = office.db.city(me.id()).await?;
    let talk = Talk::find(&mut tx, &me, id, now).await?;
    if talk.hidden() || !me.staff.role.sees_personal_data() {
        return Err(Refusal::NotFound);
    }
    let file = store::received_file(&office.db, &mut tx, me.id(), ConversationId(id), seq).await?.ok_or(Refusal::NotFound)?;
    audit::of(&office.db, &mut tx, &me, now, "talk.file", &id.to_string(), &seq.to_string()).await?;
    tx.commit().await?;
    let picture = PICTURES.contains(&file.content_type.as_str());
    let disposition = if picture { "inline".to_owned() } else { format!("attachment; filename=\"file-{seq}\"") };
    let content_type = if picture { file.content_type } else { "application/octet-stream".to_owned() };
    Ok(([(header::CONTENT_TYPE, content_type), (header::CONTENT_DISPOSITION, disposition)], file.bytes))
}
