//! Trains one network of the ensemble.

use crate::{augment::Noise, data::Example, table::LearntTable};
use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, VarBuilder, VarMap, ops::log_softmax};
use nlu_models::{
    manifest::MemberKind,
    member::Network,
    network::Sizes,
    ngrams::{families_only, ngrams},
    prepare::prepare,
    rng::Rng,
    tokens::Tokens,
    vocabulary::{Feature, Vocabulary, unit},
};
use std::time::Instant;

/// What decides how a member is trained.
#[derive(Clone, Debug)]
pub struct Plan {
    pub name: String,
    pub kind: MemberKind,
    pub seed: u64,
    pub width: usize,
    pub hidden: usize,
    pub epochs: usize,
    pub batch: usize,
    /// Step of the vectors and of the dense part at their highest.
    pub table_rate: f64,
    pub dense_rate: f64,
    /// Share of n-grams or tokens left out of each sentence.
    pub word_dropout: f32,
    pub dropout: f32,
    /// Share of sentences that are shown by their word families alone, so that other languages can build on them.
    pub families_only: f32,
    /// Share of the target that is spread over all intents.
    pub smoothing: f32,
    /// Weight of the emergency loss beside the intent loss.
    pub alarm_share: f64,
    /// Standard deviation of the vectors before training.
    pub deviation: f32,
}

/// A trained member: the vectors, and the dense tensors by name.
pub struct Fitted {
    pub plan: Plan,
    pub table: nlu_models::member::Table,
    pub dense: Vec<(String, Tensor)>,
}

/// One sentence as the networks see it.
enum Seen {
    Bag(Vec<Feature>),
    Tokens(Vec<u32>),
}

pub struct Materials<'a> {
    pub vocabulary: &'a Vocabulary,
    pub tokens: &'a Tokens,
    pub noise: &'a Noise,
    pub intents: usize,
    pub emergencies: usize,
}

pub fn fit(plan: &Plan, examples: &[Example], context: &Materials<'_>) -> Result<Fitted> {
    let mut rng = Rng::new(plan.seed);
    let rows = match plan.kind {
        MemberKind::Bag => context.vocabulary.len(),
        MemberKind::Encoder => context.tokens.len(),
    };
    let mut table = LearntTable::new(rows, plan.width, plan.deviation, &mut rng);
    let sizes = Sizes { width: plan.width, hidden: plan.hidden, intents: context.intents, emergencies: context.emergencies };
    let map = VarMap::new();
    let network = Network::new(plan.kind, sizes, &VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
    start(&map, &mut rng)?;
    let params = ParamsAdamW { lr: plan.dense_rate, weight_decay: 0.01, ..ParamsAdamW::default() };
    let mut optimiser = AdamW::new(sorted(&map)?.into_iter().map(|(_, var)| var).collect(), params)?;
    let per_epoch = examples.len().div_ceil(plan.batch);
    let total = (per_epoch * plan.epochs) as f64;
    let mut order: Vec<usize> = (0..examples.len()).collect();
    let mut done = 0usize;
    for epoch in 0..plan.epochs {
        let began = Instant::now();
        rng.shuffle(&mut order);
        let mut loss_sum = 0.0;
        for batch in order.chunks(plan.batch) {
            let rate = schedule(done as f64 / total);
            done += 1;
            optimiser.set_learning_rate(plan.dense_rate * rate);
            let seen: Vec<Seen> =
                batch.iter().map(|&at| see(plan, &examples[at], context, &mut rng)).collect();
            let (x, mask) = look_up(&seen, &table)?;
            let dropout = &mut Some((&mut rng, plan.dropout));
            let scores = match &network {
                Network::Bag(heads) => heads.forward(x.as_tensor().clone(), dropout)?,
                Network::Encoder(encoder) => encoder.forward(x.as_tensor().clone(), &mask, dropout)?,
            };
            let wanted: Vec<_> = batch.iter().map(|&at| examples[at].intent).collect();
            let alarms: Vec<_> = batch.iter().map(|&at| examples[at].alarm).collect();
            let loss = (cross_entropy(&scores.intents, &wanted, plan.smoothing)?
                + (cross_entropy(&scores.emergencies, &alarms, 0.02)? * plan.alarm_share)?)?;
            loss_sum += f64::from(loss.to_scalar::<f32>()?);
            let gradients = loss.backward()?;
            optimiser.step(&gradients)?;
            let gradient = gradients.get(&x).context("no gradient reached the vectors")?;
            hand_down(&seen, &gradient.flatten_all()?.to_vec1()?, &mask, &mut table)?;
            table.step((plan.table_rate * rate) as f32);
        }
        eprintln!(
            "{} epoch {:>2} loss {:.4} {:.1}s",
            plan.name,
            epoch + 1,
            loss_sum / per_epoch as f64,
            began.elapsed().as_secs_f32()
        );
    }
    let dense = sorted(&map)?.into_iter().map(|(name, var)| (name, var.as_tensor().clone())).collect();
    Ok(Fitted { plan: plan.clone(), table: table.table, dense })
}

/// Share of the highest step at `progress` (0.0 to 1.0): up over the first twentieth, then down to nothing.
fn schedule(progress: f64) -> f64 {
    if progress < 0.05 { progress / 0.05 + 0.01 } else { 1.0 - (progress - 0.05) / 0.95 }
}

fn sorted(map: &VarMap) -> Result<Vec<(String, Var)>> {
    let data = map.data().lock().map_err(|_| anyhow::anyhow!("poisoned"))?;
    let mut vars: Vec<_> = data.iter().map(|(name, var)| (name.clone(), var.clone())).collect();
    vars.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(vars)
}

/// candle starts weights from an unseeded generator: start them again from ours.
fn start(map: &VarMap, rng: &mut Rng) -> Result<()> {
    for (_, var) in sorted(map)? {
        let inputs = if var.dims().len() == 2 { var.dims()[1] } else { 0 };
        let deviation = if inputs == 0 { 0.0 } else { (1.0 / inputs as f32).sqrt() };
        let values: Vec<f32> = (0..var.elem_count()).map(|_| rng.normal() * deviation).collect();
        var.set(&Tensor::from_vec(values, var.shape(), &Device::Cpu)?)?;
    }
    Ok(())
}

fn see(plan: &Plan, example: &Example, context: &Materials<'_>, rng: &mut Rng) -> Seen {
    let prepared = prepare(&context.noise.apply(&example.text, &example.section, rng));
    match plan.kind {
        MemberKind::Bag => {
            let seen = if rng.chance(plan.families_only) { families_only(&prepared) } else { ngrams(&prepared) };
            let mut features = context.vocabulary.features(seen);
            features.retain(|_| !rng.chance(plan.word_dropout));
            unit(&mut features);
            Seen::Bag(features)
        }
        MemberKind::Encoder => {
            let mut ids = context.tokens.encode(&prepared);
            for id in &mut ids {
                if rng.chance(plan.word_dropout) {
                    *id = 0;
                }
            }
            Seen::Tokens(ids)
        }
    }
}

/// The vectors of a batch: [B, D] or [B, L, D], with the mask [B, L, 1].
fn look_up(seen: &[Seen], learnt: &LearntTable) -> Result<(Var, Tensor)> {
    let device = &Device::Cpu;
    let width = learnt.table.width;
    let longest = seen.iter().map(|s| if let Seen::Tokens(ids) = s { ids.len() } else { 1 }).max().unwrap_or(1);
    let mut x = Vec::with_capacity(seen.len() * longest * width);
    let mut mask = Vec::with_capacity(seen.len() * longest);
    for one in seen {
        match one {
            Seen::Bag(features) => x.extend(learnt.table.mix(features)),
            Seen::Tokens(ids) => {
                for at in 0..longest {
                    match ids.get(at) {
                        Some(&id) => x.extend_from_slice(learnt.table.row(id as usize)),
                        None => x.resize(x.len() + width, 0.0),
                    }
                    mask.push(if at < ids.len() { 1.0f32 } else { 0.0 });
                }
            }
        }
    }
    if mask.is_empty() {
        let x = Tensor::from_vec(x, (seen.len(), width), device)?;
        return Ok((Var::from_tensor(&x)?, Tensor::zeros((1, 1, 1), DType::F32, device)?));
    }
    let x = Tensor::from_vec(x, (seen.len(), longest, width), device)?;
    Ok((Var::from_tensor(&x)?, Tensor::from_vec(mask, (seen.len(), longest, 1), device)?))
}

/// Hands the gradient of the looked-up vectors down to the rows they came from.
fn hand_down(seen: &[Seen], gradient: &[f32], mask: &Tensor, table: &mut LearntTable) -> Result<()> {
    let width = table.table.width;
    let longest = mask.dims3()?.1;
    for (at, one) in seen.iter().enumerate() {
        match one {
            Seen::Bag(features) => {
                let part = &gradient[at * width..(at + 1) * width];
                for &(row, weight) in features {
                    table.blame(row, weight, part);
                }
            }
            Seen::Tokens(ids) => {
                for (place, &id) in ids.iter().enumerate() {
                    let from = (at * longest + place) * width;
                    table.blame(id as usize, 1.0, &gradient[from..from + width]);
                }
            }
        }
    }
    Ok(())
}

/// Mean over the sentences whose label is known; zero when there are none.
fn cross_entropy(scores: &Tensor, wanted: &[Option<usize>], smoothing: f32) -> Result<Tensor> {
    let (rows, classes) = scores.dims2()?;
    let known = wanted.iter().flatten().count().max(1) as f32;
    let mut target = vec![0.0f32; rows * classes];
    for (row, label) in wanted.iter().enumerate() {
        if let Some(label) = label {
            let cells = &mut target[row * classes..(row + 1) * classes];
            cells.fill(smoothing / classes as f32 / known);
            cells[*label] += (1.0 - smoothing) / known;
        }
    }
    let target = Tensor::from_vec(target, (rows, classes), scores.device())?;
    Ok((log_softmax(scores, 1)? * target)?.sum_all()?.neg()?)
}
