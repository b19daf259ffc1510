//! Trains one network of the ensemble.

use crate::{
    augment::{Noise, frame},
    data::{Example, Source},
    learnt::LearntTable,
};
use anyhow::{Context, Result};
use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{AdamW, Optimizer, ParamsAdamW, VarBuilder, VarMap, ops::log_softmax};
use nlu_models::{
    network::{Heads, Sizes},
    ngrams::{families_only, ngrams},
    prepare::prepare,
    rng::Rng,
    table::Table,
    vocabulary::{self, Feature, Vocabulary},
};
use std::time::Instant;

/// What decides how a member is trained.
#[derive(Clone, Debug)]
pub struct Plan {
    pub name: String,
    pub seed: u64,
    pub width: usize,
    pub hidden: usize,
    pub epochs: usize,
    pub batch: usize,
    /// Step of the vectors and of the dense part at their highest.
    pub table_rate: f64,
    pub dense_rate: f64,
    /// Share of n-grams left out of each sentence.
    pub word_dropout: f32,
    pub dropout: f32,
    /// Share of sentences that are shown by their word families alone, so that other languages can build on them.
    pub families_only: f32,
    /// Share of sentences that are shown with noise.
    pub noisy: f32,
    /// Share of the target that is spread over all intents.
    pub smoothing: f32,
    /// Weight of the emergency loss beside the intent loss.
    pub alarm_share: f64,
    /// Weight of the intent loss, and of telling the groups of paraphrases apart.
    pub intent_share: f64,
    pub group_share: f64,
    /// How often an epoch shows each sentence of the emergency files.
    pub alarm_copies: usize,
    /// Shares in the averages of the ensemble.
    pub weight: f32,
    pub alarm_weight: f32,
    /// Standard deviation of the vectors before training.
    pub deviation: f32,
}

/// A trained member: the vectors (none behind an encoder), and the dense tensors by name.
pub struct Fitted {
    pub plan: Plan,
    pub table: Option<Table>,
    pub dense: Vec<(String, Tensor)>,
}

pub struct Materials<'a> {
    pub sight: Sight<'a>,
    pub intents: usize,
    pub emergencies: usize,
    pub groups: usize,
}

/// What the networks see of a sentence.
pub enum Sight<'a> {
    /// N-grams: `clean` as it stands in the file, or of a copy with noise, anew each time.
    Grams { vocabulary: &'a Vocabulary, noise: &'a Noise, clean: &'a [Vec<Feature>] },
    /// What an encoder made of each example; it is not trained.
    Vectors(&'a [Vec<f32>]),
}

pub fn fit(plan: &Plan, examples: &[Example], context: &Materials<'_>) -> Result<Fitted> {
    let mut rng = Rng::new(plan.seed);
    let mut table = match &context.sight {
        Sight::Grams { vocabulary, .. } => Some(LearntTable::new(vocabulary.len(), plan.width, plan.deviation, &mut rng)),
        Sight::Vectors(_) => None,
    };
    let width = match context.sight {
        Sight::Grams { .. } => plan.width,
        Sight::Vectors(vectors) => vectors.first().map_or(0, Vec::len),
    };
    let sizes = Sizes { width, hidden: plan.hidden, intents: context.intents, emergencies: context.emergencies };
    let map = VarMap::new();
    let heads = Heads::new(sizes, &VarBuilder::from_varmap(&map, DType::F32, &Device::Cpu))?;
    // Which question is asked is read from the vectors alone: it is for them that it is learnt, and it is not kept.
    let groups = VarMap::new();
    let centres = VarBuilder::from_varmap(&groups, DType::F32, &Device::Cpu).get((context.groups.max(1), width), "centres")?;
    start(&map, &mut rng)?;
    start(&groups, &mut rng)?;
    let params = ParamsAdamW { lr: plan.dense_rate, weight_decay: 0.01, ..ParamsAdamW::default() };
    let mut optimiser = AdamW::new(sorted(&map)?.into_iter().chain(sorted(&groups)?).map(|(_, var)| var).collect(), params)?;
    let copies = |at: &usize| if examples[*at].source == Source::Alarms { plan.alarm_copies } else { 1 };
    let mut order: Vec<usize> = (0..examples.len()).flat_map(|at| std::iter::repeat_n(at, copies(&at))).collect();
    let per_epoch = order.len().div_ceil(plan.batch);
    let total = (per_epoch * plan.epochs) as f64;
    let mut done = 0usize;
    for epoch in 0..plan.epochs {
        let began = Instant::now();
        rng.shuffle(&mut order);
        let mut loss_sum = 0.0;
        for batch in order.chunks(plan.batch) {
            let rate = schedule(done as f64 / total);
            done += 1;
            optimiser.set_learning_rate(plan.dense_rate * rate);
            let mut seen: Vec<Vec<Feature>> = Vec::new();
            let x: Vec<f32> = match (&context.sight, &table) {
                (Sight::Grams { vocabulary, noise, clean }, Some(table)) => {
                    seen.extend(batch.iter().map(|&at| see(plan, &examples[at], &clean[at], vocabulary, noise, &mut rng)));
                    seen.iter().flat_map(|features| table.table.mix(features)).collect()
                }
                (Sight::Vectors(vectors), _) => batch.iter().flat_map(|&at| vectors[at].iter().copied()).collect(),
                (Sight::Grams { .. }, None) => Vec::new(),
            };
            let x = Var::from_tensor(&Tensor::from_vec(x, (batch.len(), width), &Device::Cpu)?)?;
            let scores = heads.forward(x.as_tensor().clone(), &mut Some((&mut rng, plan.dropout)))?;
            let wanted: Vec<_> = batch.iter().map(|&at| examples[at].intent).collect();
            let alarms: Vec<_> = batch.iter().map(|&at| examples[at].alarm).collect();
            let mut loss = ((cross_entropy(&scores.intents, &wanted, plan.smoothing)? * plan.intent_share)?
                + (cross_entropy(&scores.emergencies, &alarms, 0.02)? * plan.alarm_share)?)?;
            let asked: Vec<_> = batch.iter().map(|&at| examples[at].group).collect();
            if plan.group_share > 0.0 && asked.iter().any(Option::is_some) {
                let alike = (unit(x.as_tensor())?.matmul(&unit(&centres)?.t()?)? * SHARPNESS)?;
                loss = (loss + (cross_entropy(&alike, &asked, 0.05)? * plan.group_share)?)?;
            }
            loss_sum += f64::from(loss.to_scalar::<f32>()?);
            let gradients = loss.backward()?;
            optimiser.step(&gradients)?;
            let Some(table) = &mut table else { continue };
            let gradient = gradients.get(&x).context("no gradient reached the vectors")?;
            for (features, part) in seen.iter().zip(gradient.to_vec2::<f32>()?) {
                for &(row, weight) in features {
                    table.blame(row, weight, &part);
                }
            }
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
    Ok(Fitted { plan: plan.clone(), table: table.map(|table| table.table), dense })
}

/// What a likeness of 1 counts before the softmax over all groups.
const SHARPNESS: f64 = 16.0;

/// Rows of length one.
fn unit(rows: &Tensor) -> Result<Tensor> {
    let length = (rows.sqr()?.sum_keepdim(1)? + 1e-6)?.sqrt()?;
    Ok(rows.broadcast_div(&length)?)
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

/// The features of a sentence or of a noisy copy of it, some of them left out.
fn see(plan: &Plan, example: &Example, clean: &[Feature], known: &Vocabulary, noise: &Noise, rng: &mut Rng) -> Vec<Feature> {
    let noisy = |rng: &mut Rng| {
        let mut text = noise.apply(&example.text, &example.section, rng);
        if example.source == Source::Alarms {
            frame(&mut text, &example.section, rng);
        }
        prepare(&text)
    };
    let mut features = if rng.chance(plan.families_only) {
        known.features(families_only(&noisy(rng)))
    } else if rng.chance(plan.noisy) {
        known.features(ngrams(&noisy(rng)))
    } else {
        clean.to_vec()
    };
    features.retain(|_| !rng.chance(plan.word_dropout));
    vocabulary::unit(&mut features);
    features
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
