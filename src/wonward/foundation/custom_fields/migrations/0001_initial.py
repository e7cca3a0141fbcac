import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='FieldDefinition',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('noun', models.CharField(max_length=60)),
                ('key', models.CharField(max_length=60)),
                ('label', models.CharField(max_length=80)),
                ('kind', models.CharField(max_length=10)),
                ('choices', models.JSONField(default=list)),
                ('hint', models.CharField(default='', max_length=200)),
                ('position', models.PositiveSmallIntegerField(default=0)),
                ('deleted_at', models.DateTimeField(null=True)),
                ('version', models.PositiveIntegerField(default=1)),
                ('created_at', models.DateTimeField()),
                ('updated_at', models.DateTimeField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('noun', 'key'), name='one_field_per_key')],
            },
        ),
        migrations.CreateModel(
            name='FieldRequirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place_noun', models.CharField(max_length=60)),
                ('place_id', models.BigIntegerField()),
                ('field', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='requirements', to='custom_fields.fielddefinition')),
            ],
            options={
                'indexes': [models.Index(fields=['place_noun', 'place_id'], name='field_requirement_place')],
                'constraints': [models.UniqueConstraint(fields=('field', 'place_noun', 'place_id'), name='one_requirement_per_place')],
            },
        ),
        migrations.CreateModel(
            name='FieldValue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref_id', models.BigIntegerField()),
                ('text_value', models.CharField(default='', max_length=500)),
                ('number_value', models.DecimalField(decimal_places=6, max_digits=24, null=True)),
                ('date_value', models.DateField(null=True)),
                ('whole_value', models.BigIntegerField(null=True)),
                ('field', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='values', to='custom_fields.fielddefinition')),
            ],
            options={
                'indexes': [models.Index(fields=['field', 'text_value'], name='field_value_text'), models.Index(fields=['field', 'number_value'], name='field_value_number'), models.Index(fields=['field', 'date_value'], name='field_value_date'), models.Index(fields=['field', 'whole_value'], name='field_value_whole')],
                'constraints': [models.UniqueConstraint(fields=('field', 'ref_id', 'text_value'), name='one_value_per_field')],
            },
        ),
    ]
